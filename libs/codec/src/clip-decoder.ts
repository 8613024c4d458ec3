import { AVERROR_EAGAIN, AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO, AV_NOPTS_VALUE, AV_PKT_DATA_DISPLAYMATRIX } from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib';
import type { Stream } from 'node-av/lib';
import type { I420Picture } from '@visavis/engine';
import { ClipDecodeError } from './clip-error.ts';
import { createClipFilter } from './clip-filter.ts';
import type { ClipFilter, ClipRect } from './clip-filter.ts';
import { detectClipContainer, isAllowedVideoDecoder } from './clip-format.ts';
import type { ClipContainer } from './clip-format.ts';
import { openContext } from './ffmpeg.ts';
import { openContainer } from './memory-file.ts';
import type { OpenContainer } from './memory-file.ts';
import { mixToMono } from './pcm-frame.ts';
import { createResampler } from './resampler.ts';
import { isAllowedDecoder } from './speech-format.ts';

/** Larger pictures than 4K are no better and cost memory: a small file can promise any size. */
const MAX_PIXELS = 4096 * 2304;
/** Damage that is stepped over; beyond it the rest isn't worth showing. */
const MAX_BAD_PACKETS = 100;
const DECODER_THREADS = 2;

export interface ClipFacts {
  container: ClipContainer;
  codec: string;
  /** As shown: turned upright, with square pixels. */
  width: number;
  height: number;
  /** As the container says; 0 where it doesn't know. Reading tells. */
  durationS: number;
  fps: number;
  hasSound: boolean;
}

export interface ClipFrame {
  /** Of the frames at the wanted rate, from 0. */
  index: number;
  /** Belongs to the reader. */
  picture: I420Picture;
}

export interface ClipFrameOptions {
  /** Frames are taken at this rate, each the one shown nearest its time, whatever rate the clip has. */
  fps: number;
  /** Pixels, even: what a frame is scaled to. */
  width: number;
  height: number;
  /** The part that is shown, in pixels of the upright picture; all of it without. */
  crop?: ClipRect;
  /** Frames from this one on are left out. */
  frames?: number;
  /** Only these are scaled and given out. */
  wanted?(index: number): boolean;
}

/** An upload that is a clip, read as often as one likes: each reading starts at its beginning. */
export interface Clip {
  readonly facts: ClipFacts;
  /**
   * Pictures, limited range BT.601, one after another.
   * @throws ClipDecodeError where nothing can be decoded; a damaged or shortened clip ends early.
   */
  frames(options: ClipFrameOptions): AsyncGenerator<ClipFrame>;
  /** All its sound as mono samples of this rate, beginning with the first picture; undefined where there is none that can be read. */
  sound(sampleRateHz: number, maxDurationS: number): Promise<Float32Array | undefined>;
}

const UNREADABLE = 'The video is damaged or not what its first bytes say. Please export it again as MP4 or WebM.';

/** @throws ClipDecodeError when the bytes are no clip, or one of an unknown kind. */
export async function openClip(bytes: Uint8Array): Promise<Clip> {
  const container = detectClipContainer(bytes);
  if (container === undefined) {
    throw new ClipDecodeError('unsupported_clip', 'The file is not a video that can be read. Please upload MP4, MOV, WebM, MKV or AVI.');
  }
  const open = async (): Promise<OpenContainer> => {
    try {
      return await openContainer(bytes, container);
    } catch (error) {
      throw new ClipDecodeError('unreadable_clip', UNREADABLE, { cause: error });
    }
  };
  const opened = await open();
  let facts: ClipFacts;
  try {
    facts = factsOf(opened, container);
  } finally {
    await opened.close();
  }
  return {
    facts,
    async *frames(options) {
      const file = await open();
      try {
        yield* framesOf(file, options);
      } finally {
        await file.close();
      }
    },
    async sound(sampleRateHz, maxDurationS) {
      if (!facts.hasSound) return undefined;
      const file = await open();
      try {
        return await soundOf(file, sampleRateHz, maxDurationS);
      } finally {
        await file.close();
      }
    },
  };
}

function factsOf({ format }: OpenContainer, container: ClipContainer): ClipFacts {
  const stream = pictureStream(format);
  const { codecpar } = stream;
  const codec = Codec.findDecoder(codecpar.codecId);
  if (codec === null || !isAllowedVideoDecoder(codec.name)) {
    throw new ClipDecodeError('unsupported_clip', `The video inside the file has a format that is not supported (${codec?.name ?? 'unknown'}). Please export it as MP4 with H.264.`);
  }
  const { width, height } = codecpar;
  if (width <= 0 || height <= 0) throw new ClipDecodeError('unreadable_clip', UNREADABLE);
  if (width * height > MAX_PIXELS) {
    throw new ClipDecodeError('clip_too_large', `The video has ${width}×${height} pixels; at most 4096×2304 are accepted. Please export a smaller version, 1080p is plenty.`);
  }
  const wide = Math.round(width * aspectOf(stream));
  const turned = quarterTurns(stream) % 2 === 1;
  const rate = ratio(stream.avgFrameRate) || ratio(stream.rFrameRate);
  const durationS = stream.duration > 0n ? Number(stream.duration) * ratio(stream.timeBase) : format.duration > 0n ? Number(format.duration) / 1e6 : 0;
  return {
    container,
    codec: codec.name ?? 'unknown',
    width: turned ? height : wide,
    height: turned ? wide : height,
    durationS,
    fps: rate,
    hasSound: format.findBestStream(AVMEDIA_TYPE_AUDIO) >= 0,
  };
}

function pictureStream(format: OpenContainer['format']): Stream {
  const index = format.findBestStream(AVMEDIA_TYPE_VIDEO);
  const stream = index < 0 ? undefined : format.streams[index];
  if (stream === undefined) throw new ClipDecodeError('no_picture', 'The file has sound only, no picture. Please upload a video of a face.');
  return stream;
}

async function* framesOf({ format }: OpenContainer, options: ClipFrameOptions): AsyncGenerator<ClipFrame> {
  const stream = pictureStream(format);
  const secondsPerTick = ratio(stream.timeBase);
  const end = options.frames ?? Infinity;
  let filter: ClipFilter | undefined;
  /** The newest frame, and its time since the first. */
  const held = new Frame();
  held.alloc();
  let heldAt: number | undefined;
  let firstAt: number | undefined;
  let frameGapS = 1 / (ratio(stream.avgFrameRate) || 25);
  let next = 0;
  const show = (): ClipFrame[] => {
    const index = next++;
    if (options.wanted && !options.wanted(index)) return [];
    filter ??= createClipFilter({ stream, quarterTurns: quarterTurns(stream), aspect: aspectOf(stream), ...options });
    return [{ index, picture: filter.apply(held) }];
  };
  try {
    for await (const frame of decoded(format, stream)) {
      const ticks = frame.bestEffortTimestamp === AV_NOPTS_VALUE ? frame.pts : frame.bestEffortTimestamp;
      const at: number = ticks === AV_NOPTS_VALUE ? (heldAt === undefined ? 0 : heldAt + frameGapS) : Number(ticks) * secondsPerTick - (firstAt ??= Number(ticks) * secondsPerTick);
      if (heldAt !== undefined && at <= heldAt) continue;
      // What is nearer to the frame before this one.
      if (heldAt !== undefined) while (next < end && next / options.fps < (heldAt + at) / 2) yield* show();
      if (next >= end) return;
      if (heldAt !== undefined) frameGapS = Math.min(at - heldAt, 1);
      heldAt = at;
      held.unref();
      held.ref(frame);
    }
    if (heldAt === undefined) throw new ClipDecodeError('unreadable_clip', UNREADABLE);
    while (next < end && next / options.fps < heldAt + frameGapS - 1e-6) yield* show();
  } finally {
    filter?.close();
    held.free();
  }
}

/** All frames of a stream. A frame is lent until the next one. */
async function* decoded(format: OpenContainer['format'], stream: Stream): AsyncGenerator<Frame> {
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  if (codec === null) throw new ClipDecodeError('unsupported_clip', UNREADABLE);
  const context = new CodecContext();
  context.allocContext3(codec);
  const frame = new Frame();
  frame.alloc();
  const packet = new Packet();
  packet.alloc();
  try {
    context.parametersToContext(stream.codecpar);
    context.threadCount = DECODER_THREADS;
    openContext(context, codec, {});
    let badPackets = 0;
    for (let more = true; more; ) {
      more = (await format.readFrame(packet)) >= 0;
      if (more && packet.streamIndex !== stream.index) {
        packet.unref();
        continue;
      }
      if (context.sendPacketSync(more ? packet : null) < 0 && more && ++badPackets > MAX_BAD_PACKETS) return;
      packet.unref();
      for (;;) {
        const code = context.receiveFrameSync(frame);
        if (code === AVERROR_EAGAIN || code < 0) break;
        yield frame;
        frame.unref();
      }
    }
  } finally {
    packet.free();
    frame.free();
    context.freeContext();
  }
}

async function soundOf({ format }: OpenContainer, sampleRateHz: number, maxDurationS: number): Promise<Float32Array | undefined> {
  const stream = format.streams[format.findBestStream(AVMEDIA_TYPE_AUDIO)];
  if (stream === undefined || !isAllowedDecoder(Codec.findDecoder(stream.codecpar.codecId)?.name ?? null)) return undefined;
  const pieces: Float32Array[] = [];
  let samples = 0;
  let rate = 0;
  for await (const frame of decoded(format, stream)) {
    rate ||= frame.sampleRate;
    if (frame.sampleRate !== rate) break;
    const piece = mixToMono(frame);
    pieces.push(piece);
    samples += piece.length;
    if (samples > maxDurationS * rate) break;
  }
  if (rate < 8_000 || rate > 192_000) return undefined;
  // Sound and picture may begin at different times.
  const lateS = startOf(stream) - startOf(pictureStream(format));
  const late = Math.round(Math.min(Math.max(lateS, -10), 10) * rate);
  const whole = new Float32Array(Math.max(0, samples + late));
  let at = late;
  for (const piece of pieces) {
    if (at >= 0) whole.set(piece, at);
    else if (at + piece.length > 0) whole.set(piece.subarray(-at), 0);
    at += piece.length;
  }
  if (rate === sampleRateHz) return whole;
  const resampler = createResampler(rate, sampleRateHz);
  const padded = new Float32Array(whole.length + resampler.delayInputSamples);
  padded.set(whole);
  const resampled = new Float32Array(resampler.maxOutputLength(padded.length));
  const count = resampler.process(padded, resampled);
  return resampled.slice(Math.round((resampler.delayInputSamples * sampleRateHz) / rate), count);
}

function startOf(stream: Stream): number {
  return stream.startTime === AV_NOPTS_VALUE ? 0 : Number(stream.startTime) * ratio(stream.timeBase);
}

function ratio({ num, den }: { num: number; den: number }): number {
  return den > 0 && num > 0 ? num / den : 0;
}

/** Width of a pixel over its height. */
function aspectOf(stream: Stream): number {
  const aspect = ratio(stream.sampleAspectRatio) || ratio(stream.codecpar.sampleAspectRatio) || 1;
  return aspect > 0.2 && aspect < 5 ? aspect : 1;
}

/** Phones film lying on their side and say so: how often the picture is turned clockwise by 90° to be upright. */
function quarterTurns(stream: Stream): number {
  const matrix = stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
  if (matrix === null || matrix.length < 36) return 0;
  const degrees = (Math.atan2(matrix.readInt32LE(4), matrix.readInt32LE(0)) * 180) / Math.PI;
  return ((Math.round(degrees / 90) % 4) + 4) % 4;
}
