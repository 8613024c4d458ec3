/**
 * Which IDR picture an access unit is: a decoder may take two of them in a row with the same number for one picture (H.264, 7.4.3), which
 * happens where two encoders take turns. Reads only what lies before the number.
 */
import { findNalUnits } from './h264-packetizer.ts';

const NAL_TYPE_MASK = 0x1f;
const NAL_IDR = 5;
const NAL_SPS = 7;
const MAX_NAL_UNITS = 256;
/** The unit's header, `profile_idc`, the constraint flags and `level_idc`; the baseline profile has nothing more before its ids. */
const SPS_FIXED_BITS = 32;

const starts = new Uint32Array(MAX_NAL_UNITS);
const ends = new Uint32Array(MAX_NAL_UNITS);

/** The `idr_pic_id` of an Annex B access unit of a progressive stream with its parameter sets, or −1 when it is no IDR picture. */
export function idrPictureId(unit: Uint8Array): number {
  const count = findNalUnits(unit, starts, ends);
  let frameNumberBits = 0;
  for (let index = 0; index < count; index++) {
    const start = starts[index]!;
    const type = unit[start]! & NAL_TYPE_MASK;
    const bits = new BitReader(unit, start);
    if (type === NAL_SPS) {
      bits.skip(SPS_FIXED_BITS);
      bits.unsignedExpGolomb();
      frameNumberBits = bits.unsignedExpGolomb() + 4;
    } else if (type === NAL_IDR) {
      bits.skip(8);
      // first_mb_in_slice, slice_type, pic_parameter_set_id
      for (let field = 0; field < 3; field++) bits.unsignedExpGolomb();
      bits.skip(frameNumberBits);
      return bits.unsignedExpGolomb();
    }
  }
  return -1;
}

/** The first bytes of a slice header hold no emulation prevention: that needs two zero bytes. */
class BitReader {
  private readonly data: Uint8Array;
  private position: number;

  constructor(data: Uint8Array, startByte: number) {
    this.data = data;
    this.position = startByte * 8;
  }

  skip(bits: number): void {
    this.position += bits;
  }

  bit(): number {
    const bit = (this.data[this.position >> 3]! >> (7 - (this.position & 7))) & 1;
    this.position++;
    return bit;
  }

  unsignedExpGolomb(): number {
    let zeros = 0;
    while (zeros < 32 && this.bit() === 0) zeros++;
    let value = 1;
    for (let index = 0; index < zeros; index++) value = value * 2 + this.bit();
    return value - 1;
  }
}
