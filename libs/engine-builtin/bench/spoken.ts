/*
 * What an avatar is given to say in benches and tests: sound, and the mouth at each moment where the phones are known, in the engine's
 * own units. Played through the engine's public interface only, so that every engine and every renderer can be looked at in the same way.
 */
import { createResampler } from '@visavis/codec';
import { allocateI420, ENGINE_SAMPLE_RATE_HZ, MEDIA_CLOCK_HZ } from '@visavis/engine';
import type { AvatarStream, I420Picture, LoadedAvatar, PictureSize } from '@visavis/engine';
import { segmentsOf, synthesise } from '@visavis/speech';
import { MOUTH_PARAMS, mouthOfSegments, VISEMES } from '@visavis/viseme-net';
import type { VisemeSegment } from '@visavis/viseme-net';

export const FPS = 25;
export const FRAME_SAMPLES = MEDIA_CLOCK_HZ / FPS;
/** The engine takes the mouth in steps of 20 ms, and sound in pieces of the same length. */
const STEP_SAMPLES = 960;
const STEP_SAMPLES_16K = 320;
/** How far sound runs ahead of pictures, as in a session. */
const AHEAD_SAMPLES = 9600;

export interface Spoken {
  /** Mono at the engine's rate. */
  pcm16k: Float32Array;
  /** The same at 48 kHz, for a sound track. */
  pcm48k: Float32Array;
  /** MOUTH_PARAMS.length values per 20 ms; empty where only the sound is known. */
  mouths: Float32Array;
  /** What the phones say at a time; empty where only the sound is known. */
  visemes: readonly VisemeSegment[];
}

/** A text as one of the product's voices says it, after `leadMs` of silence. */
export async function spoken(text: string, voice = 'en-us-slt', leadMs = 400): Promise<Spoken> {
  const lead = new Float32Array((leadMs * MEDIA_CLOCK_HZ) / 1000);
  const sounds: Float32Array[] = [lead];
  const mouths: number[] = Array.from({ length: (lead.length / STEP_SAMPLES) * MOUTH_PARAMS.length }, () => 0);
  const visemes: VisemeSegment[] = [];
  let samples = lead.length;
  for await (const piece of synthesise(text, voice)) {
    // The pieces of a session begin on a step, too.
    const padded = new Float32Array(Math.ceil(piece.samples.length / STEP_SAMPLES) * STEP_SAMPLES);
    padded.set(piece.samples);
    sounds.push(padded);
    const segments = segmentsOf(piece);
    const startMs = (samples * 1000) / MEDIA_CLOCK_HZ;
    visemes.push(...segments.map((segment) => ({ ...segment, startMs: segment.startMs + startMs, endMs: segment.endMs + startMs })));
    mouths.push(...mouthOfSegments(segments, piece.samples.length / (MEDIA_CLOCK_HZ / 1000)));
    samples += padded.length;
    mouths.length = (samples / STEP_SAMPLES) * MOUTH_PARAMS.length;
    mouths.fill(0, mouths.findLastIndex((value) => value !== undefined) + 1);
  }
  return { ...heard(joined(sounds)), mouths: Float32Array.from(mouths), visemes };
}

/** Sound alone: the engine listens. */
export function heard(pcm48k: Float32Array): Spoken {
  const resampler = createResampler(MEDIA_CLOCK_HZ, ENGINE_SAMPLE_RATE_HZ);
  const pcm16k = new Float32Array(resampler.maxOutputLength(pcm48k.length));
  return { pcm16k: pcm16k.subarray(0, resampler.process(pcm48k, pcm16k)), pcm48k, mouths: new Float32Array(0), visemes: [] };
}

export function silence(seconds: number): Spoken {
  return heard(new Float32Array(seconds * MEDIA_CLOCK_HZ));
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

export interface PlayedFrame {
  index: number;
  /** Reused by the next frame. */
  picture: I420Picture;
  /** What is said, by the phones, else as the engine hears it; `sil` where nobody tells. */
  viseme: string;
}

export interface PlayOptions extends PictureSize {
  frames: number;
  seed?: number;
  /** Called before each frame, to act on the stream. */
  before?: (stream: AvatarStream, frame: number, atSample48k: number) => void;
}

/** Plays speech through a stream of an avatar as a session does, sound a little ahead of the pictures. Silence follows the speech. */
export function* play(avatar: LoadedAvatar, speech: Spoken, { frames, seed = 7, before, ...size }: PlayOptions): Generator<PlayedFrame> {
  const stream = avatar.open({ ...size, fps: FPS, seed });
  const picture = allocateI420(size);
  const quiet = new Float32Array(STEP_SAMPLES_16K);
  const params = new Float32Array(MOUTH_PARAMS.length);
  let step = 0;
  try {
    for (let index = 0; index < frames; index++) {
      const at = index * FRAME_SAMPLES;
      for (; step * STEP_SAMPLES <= at + AHEAD_SAMPLES; step++) {
        const mouth = speech.mouths.subarray(step * params.length, (step + 1) * params.length);
        if (mouth.length === params.length) {
          params.set(mouth);
          stream.shape?.(step * STEP_SAMPLES, params);
        }
        const piece = speech.pcm16k.subarray(step * STEP_SAMPLES_16K, (step + 1) * STEP_SAMPLES_16K);
        quiet.fill(0);
        quiet.set(piece);
        stream.push(step * STEP_SAMPLES, quiet);
      }
      before?.(stream, index, at);
      stream.frame(at, picture);
      yield { index, picture, viseme: saidAt(speech, (at * 1000) / MEDIA_CLOCK_HZ) ?? VISEMES[stream.visemeAt(at)] ?? 'sil' };
    }
  } finally {
    stream.close();
  }
}

function saidAt({ visemes }: Spoken, ms: number): string | undefined {
  if (visemes.length === 0) return undefined;
  return visemes.find(({ startMs, endMs }) => ms >= startMs && ms < endMs)?.viseme ?? 'sil';
}

export function framesOf(speech: Spoken): number {
  return Math.ceil((speech.pcm48k.length / MEDIA_CLOCK_HZ) * FPS);
}

export function copyOf(picture: I420Picture): I420Picture {
  return { ...picture, data: Uint8Array.from(picture.data) };
}
