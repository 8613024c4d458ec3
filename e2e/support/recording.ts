import type { Curve } from './curve.ts';
import type { Sound } from './loudness.ts';
import { median } from './statistics.ts';

export interface CapturedFrame {
  /** When it was on the screen, on the page's clock. */
  shownAtMs: number;
  /** 90 kHz, as sent. */
  rtpTimestamp: number;
  jpeg: Buffer;
}

/** What a viewer saw and heard, on the page's clock. */
export interface Recording {
  frames: CapturedFrame[];
  /** Pictures that were decoded; those of them that were never on the screen are not among `frames`. */
  received: number;
  sound: Sound;
  /** When each sample of the sound was played: rises with its index. Read it with `sampleCurve`, the index for an instant. */
  playedAtMs: Curve;
}

interface Head {
  frames: { shownAtMs: number; rtpTimestamp: number; bytes: number }[];
  sound: { stampMs: number; readAtMs: number; samples: number }[];
  sampleRateHz: number;
  received: number;
}

/** Reads what capture.browser.js sent. */
export function readRecording(body: Buffer): Recording {
  const headBytes = body.readUInt32LE(0);
  const head = JSON.parse(body.toString('utf8', 4, 4 + headBytes)) as Head;
  let at = 4 + headBytes;
  const frames = head.frames.map(({ shownAtMs, rtpTimestamp, bytes }) => {
    const jpeg = body.subarray(at, at + bytes);
    at += bytes;
    return { shownAtMs, rtpTimestamp, jpeg };
  });
  const samples = new Float32Array((body.length - at) / 4);
  Buffer.from(samples.buffer).set(body.subarray(at));
  const playedAtMs = soundTimes(head);
  const startAtMs = soundStartMs(playedAtMs, head.sampleRateHz);
  return { frames, received: head.received, sound: { sampleRateHz: head.sampleRateHz, startAtMs, samples }, playedAtMs };
}

/**
 * Chunks are stamped, on a clock with another zero, when the jitter buffer gives them out, in steps of the output device; the
 * chunk that was read soonest after its stamp ties the two clocks together.
 */
function soundTimes({ sound }: Head): Curve {
  const zeroMs = Math.min(...sound.map(({ stampMs, readAtMs }) => readAtMs - stampMs));
  let before = 0;
  const firstSamples = sound.map(({ samples }) => {
    const first = before;
    before += samples;
    return first;
  });
  return { atMs: firstSamples, values: sound.map(({ stampMs }) => stampMs + zeroMs) };
}

/** Where the first sample would lie had all been played at an even pace: what most chunks agree on. */
function soundStartMs({ atMs: firstSamples, values: playedAtMs }: Curve, sampleRateHz: number): number {
  if (playedAtMs.length === 0) return NaN;
  return median(playedAtMs.map((at, i) => at - (firstSamples[i]! / sampleRateHz) * 1000));
}
