import sharp from 'sharp';
import { createResampler } from '@visavis/codec';
import { allocateI420, ENGINE_SAMPLE_RATE_HZ, MEDIA_CLOCK_HZ, type I420Picture } from '@visavis/engine';
import { createBuiltinEngine } from '@visavis/engine-builtin';
import { lipCurve } from './lip-curve.ts';
import type { Curve } from './curve.ts';
import type { SpeechSample } from './speech-sample.ts';

const SIDE = 512;
const FPS = 25;

/**
 * The mouth that the engine draws for this speech when no network is in between: its own lead or lag against the sound is part
 * of its art, and no fault of the transport. Time 0 is the first sample of the speech.
 */
export async function mouthWithoutNetwork(portrait: Uint8Array, speech: SpeechSample): Promise<Curve> {
  const engine = createBuiltinEngine();
  const avatar = await engine.load((await engine.prepare(portrait)).bundle);
  const stream = avatar.open({ width: SIDE, height: SIDE, fps: FPS, seed: 1 });
  const resampler = createResampler(speech.sampleRateHz, ENGINE_SAMPLE_RATE_HZ);
  const heard = new Float32Array(resampler.maxOutputLength(speech.samples.length));
  const length = resampler.process(speech.samples, heard);
  // The worker's engine hears through the same filter, and so as much too late.
  stream.push(0, heard.subarray(0, length));
  const frames: { shownAtMs: number; jpeg: Buffer }[] = [];
  const picture = allocateI420({ width: SIDE, height: SIDE });
  const sampleEnd = (length * MEDIA_CLOCK_HZ) / ENGINE_SAMPLE_RATE_HZ;
  for (let sample = 0; sample < sampleEnd; sample += MEDIA_CLOCK_HZ / FPS) {
    stream.frame(sample, picture);
    frames.push({ shownAtMs: (sample * 1000) / MEDIA_CLOCK_HZ, jpeg: await jpegOf(picture) });
  }
  stream.close();
  avatar.close();
  return lipCurve(frames);
}

function jpegOf({ width, height, data }: I420Picture): Promise<Buffer> {
  const rgb = Buffer.alloc(width * height * 3);
  const chroma = (width * height) / 4;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const luma = 1.164 * (data[y * width + x]! - 16);
      const at = width * height + (y >> 1) * (width >> 1) + (x >> 1);
      const [u, v] = [data[at]! - 128, data[at + chroma]! - 128];
      const to = (y * width + x) * 3;
      rgb[to] = clamped(luma + 1.596 * v);
      rgb[to + 1] = clamped(luma - 0.392 * u - 0.813 * v);
      rgb[to + 2] = clamped(luma + 2.017 * u);
    }
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } }).jpeg({ quality: 95 }).toBuffer();
}

function clamped(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
