import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decryptAnswer, encryptAnswer } from './answer-cipher';

const key = randomBytes(32);

describe('a stored answer', () => {
  it('comes back as it was, and looks different each time', () => {
    const one = encryptAnswer(key, 'tenant key', 'a secret ✓');
    const two = encryptAnswer(key, 'tenant key', 'a secret ✓');
    expect(decryptAnswer(key, 'tenant key', one)).toBe('a secret ✓');
    expect(one.equals(two)).toBe(false);
    expect(one.toString('latin1')).not.toContain('secret');
  });

  it('cannot be read with another key, for another request, or after a change', () => {
    const stored = encryptAnswer(key, 'tenant key', 'a secret');
    expect(() => decryptAnswer(randomBytes(32), 'tenant key', stored)).toThrow();
    expect(() => decryptAnswer(key, 'tenant other', stored)).toThrow();
    for (let at = 0; at < stored.length; at += 1) {
      const changed = Buffer.from(stored);
      changed[at]! ^= 1;
      expect(() => decryptAnswer(key, 'tenant key', changed), `byte ${at}`).toThrow();
    }
  });
});
