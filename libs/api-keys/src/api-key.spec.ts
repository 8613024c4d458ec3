import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayPrefix, generateApiKey, hashApiKey, parseApiKey } from './index.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const key = fc.constant(null).map(() => generateApiKey().key);

describe('an API key', () => {
  it('is 47 characters, parses, and shows 4 of its secret', () => {
    const made = generateApiKey();
    expect(made.key).toMatch(/^vv_live_[0-9a-z]{39}$/);
    expect(parseApiKey(made.key)).toBe(made.key);
    expect(made.displayPrefix).toBe(made.key.slice(0, 12));
    expect(displayPrefix(made.key)).toBe(made.displayPrefix);
  });

  it('is stored as its SHA-256', () => {
    expect(Buffer.from(hashApiKey('abc')).toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    const made = generateApiKey();
    expect(made.hash).toEqual(hashApiKey(made.key));
    expect(made.hash).toHaveLength(32);
  });

  it('is another one every time', () => {
    const made = new Set(Array.from({ length: 1000 }, () => generateApiKey().key));
    expect(made.size).toBe(1000);
  });

  it('is not parsed with one character replaced', () => {
    fc.assert(
      fc.property(key, fc.nat({ max: 38 }), fc.constantFrom(...ALPHABET), (good, at, replacement) => {
        const index = 'vv_live_'.length + at;
        fc.pre(good[index] !== replacement);
        return parseApiKey(good.slice(0, index) + replacement + good.slice(index + 1)) === null;
      }),
      { numRuns: 500 },
    );
  });

  it('is not parsed with two neighbours swapped', () => {
    fc.assert(
      fc.property(key, fc.nat({ max: 37 }), (good, at) => {
        const index = 'vv_live_'.length + at;
        fc.pre(good[index] !== good[index + 1]);
        return parseApiKey(good.slice(0, index) + good[index + 1] + good[index] + good.slice(index + 2)) === null;
      }),
      { numRuns: 500 },
    );
  });

  it('is not parsed cut, lengthened, in capitals or with space around it', () => {
    const good = generateApiKey().key;
    for (const bad of [good.slice(0, -1), `${good}0`, ` ${good}`, `${good}\n`, good.toUpperCase(), good.replace('vv_live_', 'vv_test_'), '']) {
      expect(parseApiKey(bad)).toBeNull();
    }
  });

  it('is not found in arbitrary text', () => {
    fc.assert(fc.property(fc.string(), (text) => parseApiKey(text) === null && parseApiKey(`vv_live_${text}`) === null));
  });
});
