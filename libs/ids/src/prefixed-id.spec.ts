import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatId, ID_PREFIXES, newId, parseId } from './index.ts';

const prefix = fc.constantFrom(...Object.values(ID_PREFIXES));

describe('prefixed ids', () => {
  it('come back as they went out', () => {
    fc.assert(fc.property(prefix, fc.uuid(), (p, uuid) => parseId(p, formatId(p, uuid)) === uuid));
  });

  it('of one kind are refused as another', () => {
    expect(parseId('usr', newId('ses'))).toBeNull();
  });

  it.each([
    ['', 'nothing'],
    ['ses_', 'no UUID'],
    ['0198c0de-0000-7000-8000-000000000000', 'no prefix'],
    ['ses_0198C0DE-0000-7000-8000-000000000000', 'capitals'],
    ['ses_0198c0de000070008000000000000000', 'no dashes'],
    ['ses_0198c0de-0000-7000-8000-000000000000 ', 'a space at its end'],
    ['ses_0198c0de-0000-7000-8000-000000000000\n', 'a newline at its end'],
    ["ses_' or true --", 'an attempt'],
  ])('%j is refused: %s', (id) => {
    expect(parseId('ses', id)).toBeNull();
  });

  it('never parse arbitrary text', () => {
    fc.assert(fc.property(prefix, fc.string(), (p, text) => parseId(p, text) === null));
  });

  it('refuse to format what is no UUID', () => {
    expect(() => formatId('ses', 'nonsense')).toThrow(TypeError);
  });
});
