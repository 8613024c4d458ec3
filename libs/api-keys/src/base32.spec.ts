import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase32 } from './base32.ts';

describe('base32', () => {
  it.each([
    [[], ''],
    [[0x00], '00'],
    [[0xff], 'zw'],
    [[0xff, 0xff, 0xff, 0xff, 0xff], 'zzzzzzzz'],
    [[0x01, 0x02, 0x03, 0x04, 0x05], '04106105'],
  ])('of %j is %s', (bytes, text) => {
    expect(encodeBase32(Uint8Array.from(bytes))).toBe(text);
  });

  it('tells different bytes of one length apart', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.uint8Array({ minLength: 20, maxLength: 20 }), (a, b) => {
        return (encodeBase32(a) === encodeBase32(b)) === (Buffer.compare(a, b) === 0);
      }),
    );
  });
});
