import {
  AV_SAMPLE_FMT_DBL,
  AV_SAMPLE_FMT_DBLP,
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  AV_SAMPLE_FMT_S16P,
  AV_SAMPLE_FMT_S32,
  AV_SAMPLE_FMT_S32P,
  AV_SAMPLE_FMT_U8,
  AV_SAMPLE_FMT_U8P,
  type AVSampleFormat,
} from 'node-av/constants';
import type { Frame } from 'node-av/lib';

interface SampleLayout {
  bytes: number;
  planar: boolean;
  read(view: DataView, offset: number): number;
}

const readU8 = (view: DataView, offset: number): number => (view.getUint8(offset) - 128) / 128;
const readS16 = (view: DataView, offset: number): number => view.getInt16(offset, true) / 32_768;
const readS32 = (view: DataView, offset: number): number => view.getInt32(offset, true) / 2_147_483_648;
const readFloat = (view: DataView, offset: number): number => view.getFloat32(offset, true);
const readDouble = (view: DataView, offset: number): number => view.getFloat64(offset, true);

const layouts = new Map<AVSampleFormat, SampleLayout>([
  [AV_SAMPLE_FMT_U8, { bytes: 1, planar: false, read: readU8 }],
  [AV_SAMPLE_FMT_U8P, { bytes: 1, planar: true, read: readU8 }],
  [AV_SAMPLE_FMT_S16, { bytes: 2, planar: false, read: readS16 }],
  [AV_SAMPLE_FMT_S16P, { bytes: 2, planar: true, read: readS16 }],
  [AV_SAMPLE_FMT_S32, { bytes: 4, planar: false, read: readS32 }],
  [AV_SAMPLE_FMT_S32P, { bytes: 4, planar: true, read: readS32 }],
  [AV_SAMPLE_FMT_FLT, { bytes: 4, planar: false, read: readFloat }],
  [AV_SAMPLE_FMT_FLTP, { bytes: 4, planar: true, read: readFloat }],
  [AV_SAMPLE_FMT_DBL, { bytes: 8, planar: false, read: readDouble }],
  [AV_SAMPLE_FMT_DBLP, { bytes: 8, planar: true, read: readDouble }],
]);

/** Copies a decoded audio frame as mono samples in −1…1; several channels are averaged. @throws Error for a sample format unknown here. */
export function mixToMono(frame: Frame): Float32Array<ArrayBuffer> {
  const layout = layouts.get(frame.format as AVSampleFormat);
  if (layout === undefined) throw new Error(`sample format ${frame.format} is not supported`);
  const channels = Math.max(1, frame.channels);
  const planes = frame.extendedData ?? frame.data ?? [];
  const mono = new Float32Array(frame.nbSamples);
  for (let channel = 0; channel < channels; channel++) {
    const plane = planes[layout.planar ? channel : 0];
    if (plane === undefined) throw new Error('the decoded audio lacks a channel');
    const view = new DataView(plane.buffer, plane.byteOffset, plane.byteLength);
    const step = layout.planar ? layout.bytes : layout.bytes * channels;
    let offset = layout.planar ? 0 : channel * layout.bytes;
    for (let index = 0; index < mono.length; index++, offset += step) {
      mono[index]! += layout.read(view, offset) / channels;
    }
  }
  return mono;
}
