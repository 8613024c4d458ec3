import { expect, it } from 'vitest';
import { idrPictureId } from './h264-idr.ts';

/** NAL units with start codes, from strings of bits after the header's byte. */
function accessUnit(...units: [header: number, bits: string][]): Uint8Array {
  return Uint8Array.from(
    units.flatMap(([header, bits]) => {
      const padded = `${bits}1`.padEnd(Math.ceil((bits.length + 1) / 8) * 8, '0');
      return [0, 0, 0, 1, header, ...padded.match(/.{8}/g)!.map((byte) => parseInt(byte, 2))];
    }),
  );
}

/** Baseline 3.1, parameter set 0, frame numbers of 4 or 7 bits. */
const sps = (frameNumberBits: 4 | 7): [number, string] => [0x67, `010000101100000000011111${'1'}${frameNumberBits === 4 ? '1' : '00100'}`];
const pps: [number, string] = [0x68, '11'];
/** First macroblock 0, an I slice, parameter set 0, frame number 0, then the picture's number. */
const idr = (frameNumberBits: number, number: string): [number, string] => [0x65, `1${'0001000'}1${'0'.repeat(frameNumberBits)}${number}`];

it.each([
  ['1', 0],
  ['010', 1],
  ['011', 2],
  ['00110', 5],
])('reads the number %s of an IDR picture as %i, behind frame numbers of any length', (bits, number) => {
  expect(idrPictureId(accessUnit(sps(4), pps, idr(4, bits)))).toBe(number);
  expect(idrPictureId(accessUnit(sps(7), pps, idr(7, bits)))).toBe(number);
});

it('knows none of a picture that refers to others', () => {
  expect(idrPictureId(accessUnit([0x41, '1001100001']))).toBe(-1);
});
