import type { Sound } from './loudness.ts';

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
  return { frames, received: head.received, sound: { sampleRateHz: head.sampleRateHz, startAtMs: soundStartMs(head), samples } };
}

/**
 * Where the first sample lies on the page's clock. Chunks are stamped, on a clock with another zero, when the jitter buffer
 * gives them out, in steps of the output device; the chunk that was read soonest after its stamp ties the two clocks
 * together. Samples follow each other without gaps, so the start is what most stamps agree on.
 */
function soundStartMs({ sound, sampleRateHz }: Head): number {
  if (sound.length === 0) return NaN;
  const zeroMs = Math.min(...sound.map(({ stampMs, readAtMs }) => readAtMs - stampMs));
  let before = 0;
  const starts = sound.map(({ stampMs, samples }) => {
    const start = stampMs + zeroMs - (before / sampleRateHz) * 1000;
    before += samples;
    return start;
  });
  return starts.sort((a, b) => a - b)[starts.length >> 1]!;
}
