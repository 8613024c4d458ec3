/**
 * RFC 6184, packetization-mode 1: parameter sets together in one STAP-A, slices as single NAL units or FU-A.
 * Hot path: allocates nothing per picture.
 */
import type { Packetizer, PayloadSink } from './packetizer.ts';

const NAL_TYPE_MASK = 0x1f;
const NAL_REF_IDC_MASK = 0x60;
const NAL_SEI = 6;
const NAL_SPS = 7;
const NAL_PPS = 8;
const NAL_ACCESS_UNIT_DELIMITER = 9;
const NAL_STAP_A = 24;
const NAL_FU_A = 28;
const FU_START = 0x80;
const FU_END = 0x40;
const MAX_NAL_UNITS = 256;

/** Takes Annex B access units (start codes of three or four bytes). SEI and delimiters, which no decoder needs, are left out. */
export function createH264Packetizer(): Packetizer {
  const starts = new Uint32Array(MAX_NAL_UNITS);
  const ends = new Uint32Array(MAX_NAL_UNITS);

  return {
    packetize(picture, _key, sink) {
      const found = findNalUnits(picture, starts, ends);
      const count = dropUnneeded(picture, starts, ends, found);
      let index = 0;
      while (index < count) {
        const sets = countParameterSets(picture, starts, ends, index, count, sink.maxPayloadBytes);
        if (sets >= 2) {
          writeStapA(picture, starts, ends, index, sets, sink, index + sets === count);
          index += sets;
          continue;
        }
        const last = index === count - 1;
        const start = starts[index]!;
        const end = ends[index]!;
        if (end - start <= sink.maxPayloadBytes) {
          copy(picture, start, end, sink.payload, 0);
          sink.commit(end - start, last);
        } else {
          writeFragments(picture, start, end, sink, last);
        }
        index++;
      }
    },
  };
}

/** Fills `starts` and `ends` with where each NAL unit begins (after its start code) and ends. Returns how many. */
export function findNalUnits(data: Uint8Array, starts: Uint32Array, ends: Uint32Array): number {
  let count = 0;
  let index = 0;
  const lastStart = data.length - 3;
  while (index <= lastStart) {
    // A start code is 00 00 01: a third byte above 1 rules out one beginning at any of the three.
    const third = data[index + 2]!;
    if (third > 1) index += 3;
    else if (third === 1 && data[index] === 0 && data[index + 1] === 0) {
      if (count > 0) ends[count - 1] = trimTrailingZeros(data, starts[count - 1]!, index);
      if (count === starts.length) throw new RangeError(`more than ${starts.length} NAL units in one picture`);
      starts[count++] = index + 3;
      index += 3;
    } else index++;
  }
  if (count > 0) ends[count - 1] = trimTrailingZeros(data, starts[count - 1]!, data.length);
  return count;
}

/** The zero of a four-byte start code, or padding, is not part of the unit before it. */
function trimTrailingZeros(data: Uint8Array, start: number, end: number): number {
  let trimmed = end;
  while (trimmed > start && data[trimmed - 1] === 0) trimmed--;
  return trimmed;
}

function dropUnneeded(data: Uint8Array, starts: Uint32Array, ends: Uint32Array, found: number): number {
  let kept = 0;
  for (let index = 0; index < found; index++) {
    const start = starts[index]!;
    const end = ends[index]!;
    const type = data[start]! & NAL_TYPE_MASK;
    if (end === start || type === NAL_SEI || type === NAL_ACCESS_UNIT_DELIMITER) continue;
    starts[kept] = start;
    ends[kept] = end;
    kept++;
  }
  return kept;
}

function countParameterSets(data: Uint8Array, starts: Uint32Array, ends: Uint32Array, from: number, count: number, maxBytes: number): number {
  let bytes = 1;
  let index = from;
  while (index < count) {
    const type = data[starts[index]!]! & NAL_TYPE_MASK;
    bytes += 2 + ends[index]! - starts[index]!;
    if ((type !== NAL_SPS && type !== NAL_PPS) || bytes > maxBytes) break;
    index++;
  }
  return index - from;
}

function writeStapA(data: Uint8Array, starts: Uint32Array, ends: Uint32Array, from: number, units: number, sink: PayloadSink, last: boolean): void {
  const { payload } = sink;
  let refIdc = 0;
  let offset = 1;
  for (let index = from; index < from + units; index++) {
    const start = starts[index]!;
    const end = ends[index]!;
    refIdc = Math.max(refIdc, data[start]! & NAL_REF_IDC_MASK);
    payload[offset++] = (end - start) >> 8;
    payload[offset++] = (end - start) & 0xff;
    copy(data, start, end, payload, offset);
    offset += end - start;
  }
  payload[0] = refIdc | NAL_STAP_A;
  sink.commit(offset, last);
}

/** Fragments of nearly equal size: one tiny last packet would cost as much as a full one. */
function writeFragments(data: Uint8Array, start: number, end: number, sink: PayloadSink, last: boolean): void {
  const header = data[start]!;
  const bodyBytes = end - start - 1;
  const fragments = Math.ceil(bodyBytes / (sink.maxPayloadBytes - 2));
  let offset = start + 1;
  for (let fragment = 0; fragment < fragments; fragment++) {
    const next = start + 1 + Math.ceil((bodyBytes * (fragment + 1)) / fragments);
    const { payload } = sink;
    const isLast = fragment === fragments - 1;
    payload[0] = (header & ~NAL_TYPE_MASK) | NAL_FU_A;
    payload[1] = (fragment === 0 ? FU_START : 0) | (isLast ? FU_END : 0) | (header & NAL_TYPE_MASK);
    copy(data, offset, next, payload, 2);
    sink.commit(2 + next - offset, last && isLast);
    offset = next;
  }
}

function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  to.set(from.subarray(start, end), at);
}
