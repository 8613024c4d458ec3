import { describe, expect, it } from 'vitest';
import { packBundle, unpackBundle } from './container.ts';

const content = {
  engine: 'builtin',
  engineVersion: '1',
  facts: { width: 4, note: 'ä' },
  parts: new Map([
    ['a', new Uint8Array([1, 2, 3])],
    ['empty', new Uint8Array(0)],
    ['b', new Uint8Array([4, 5])],
  ]),
};

describe('avatar bundle', () => {
  it('gives back what was packed', () => {
    const unpacked = unpackBundle(packBundle(content));
    expect(unpacked.engine).toBe('builtin');
    expect(unpacked.facts).toEqual(content.facts);
    expect([...unpacked.parts].map(([name, bytes]) => [name, [...bytes]])).toEqual([['a', [1, 2, 3]], ['empty', []], ['b', [4, 5]]]);
  });

  it('refuses a file in which one byte of a part has changed', () => {
    const file = packBundle(content);
    file[file.length - 1]! ^= 1;
    expect(() => unpackBundle(file)).toThrow(/checksum/);
  });

  it('refuses every shortened file', () => {
    const file = packBundle(content);
    for (let length = 0; length < file.length; length++) expect(() => unpackBundle(file.subarray(0, length))).toThrow(/bundle/);
  });

  it('refuses a manifest length beyond the file', () => {
    const file = packBundle(content);
    new DataView(file.buffer).setUint32(8, 0xffffffff, true);
    expect(() => unpackBundle(file)).toThrow(/damaged/);
  });
});
