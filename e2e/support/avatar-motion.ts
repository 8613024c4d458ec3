import sharp, { type Sharp } from 'sharp';
import { createResampler } from '@visavis/codec';
import { allocateI420, ENGINE_SAMPLE_RATE_HZ, MEDIA_CLOCK_HZ } from '@visavis/engine';
import { createBuiltinEngine } from '@visavis/engine-builtin';
import type { Thumbnails } from './motion.ts';
import type { CapturedFrame } from './recording.ts';
import type { SpeechSample } from './speech-sample.ts';

const SIDE = 512;
const FPS = 25;
export const THUMBNAIL_SIDE = 64;

/**
 * What the engine draws for this speech when no network is in between: its own lead or lag against the sound is part of its
 * art, and no fault of the transport. Time 0 is the first sample of the speech.
 */
export async function drawnWithoutNetwork(portrait: Uint8Array, speech: SpeechSample): Promise<Thumbnails> {
  const engine = createBuiltinEngine();
  const avatar = await engine.load((await engine.prepare(portrait)).bundle);
  const stream = avatar.open({ width: SIDE, height: SIDE, fps: FPS, seed: 1 });
  const resampler = createResampler(speech.sampleRateHz, ENGINE_SAMPLE_RATE_HZ);
  const heard = new Float32Array(resampler.maxOutputLength(speech.samples.length));
  // Through the same filter as in the worker, and so as much later.
  const length = resampler.process(speech.samples, heard);
  stream.push(0, heard.subarray(0, length));
  const drawn: Thumbnails = { atMs: [], pictures: [] };
  const picture = allocateI420({ width: SIDE, height: SIDE });
  const sampleEnd = (length * MEDIA_CLOCK_HZ) / ENGINE_SAMPLE_RATE_HZ;
  for (let sample = 0; sample < sampleEnd; sample += MEDIA_CLOCK_HZ / FPS) {
    stream.frame(sample, picture);
    drawn.atMs.push((sample * 1000) / MEDIA_CLOCK_HZ);
    const brightness = Buffer.from(picture.data.subarray(0, SIDE * SIDE));
    drawn.pictures.push(await thumbnail(sharp(brightness, { raw: { width: SIDE, height: SIDE, channels: 1 } })));
  }
  stream.close();
  avatar.close();
  return drawn;
}

export async function thumbnails(frames: readonly CapturedFrame[]): Promise<Thumbnails> {
  const pictures: Float32Array[] = [];
  for (const { jpeg } of frames) pictures.push(await thumbnail(sharp(jpeg)));
  return { atMs: frames.map(({ shownAtMs }) => shownAtMs), pictures };
}

async function thumbnail(picture: Sharp): Promise<Float32Array> {
  return Float32Array.from(await picture.greyscale().resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { kernel: 'cubic' }).raw().toBuffer());
}
