/*
 * Lip gap on rendered frames: node libs/engine-builtin/bench/lip-gap.ts SPEECH.wav PICTURE...
 * Prints for each picture: rest, 95th percentile in speech above rest, correlation with loudness, largest change in silence.
 */
import { readFileSync } from 'node:fs';
import { allocateI420, MEDIA_CLOCK_HZ } from '@visavis/engine';
import type { AvatarStream, LoadedAvatar } from '@visavis/engine';
import { createBuiltinEngine } from '../src/index.ts';
import { correlation, loudnessPerFrame, measureLipGap, percentile } from '../src/measure.ts';
import { i420ToRgb } from '../src/render/i420-to-rgb.ts';
import { readWav16k } from './frames.ts';

const FPS = 25;
const SPEECH_FRAMES = 150;
const SILENT_FRAMES = 125;
const size = { width: 512, height: 512 };
const picture = allocateI420(size);

async function gaps(stream: AvatarStream, frames: number, every: number): Promise<number[]> {
  const values: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    stream.frame((frame * MEDIA_CLOCK_HZ) / FPS, picture);
    if (frame % every !== 0) continue;
    const measured = await measureLipGap({ ...size, data: i420ToRgb(picture) });
    values.push(measured?.gap ?? NaN);
  }
  return values;
}

function open(avatar: LoadedAvatar, pcm: Float32Array): AvatarStream {
  const stream = avatar.open({ ...size, fps: FPS, seed: 11 });
  stream.push(0, pcm);
  return stream;
}

const [wavPath, ...pictures] = process.argv.slice(2);
if (!wavPath) throw new Error('usage: lip-gap.ts SPEECH.wav PICTURE...');
const speech = readWav16k(wavPath).subarray(0, 16000 * 12);
const loudness = loudnessPerFrame(speech, 16000, FPS, SPEECH_FRAMES);
const engine = createBuiltinEngine();
for (const path of pictures) {
  const { bundle } = await engine.prepare(readFileSync(path));
  const avatar = await engine.load(bundle);
  const silent = await gaps(open(avatar, new Float32Array(16000 * 6)), SILENT_FRAMES, 3);
  const rest = percentile(silent, 0.5);
  const spoken = await gaps(open(avatar, speech), SPEECH_FRAMES, 1);
  console.log(
    path.split('/').pop()?.padEnd(40),
    `rest ${rest.toFixed(3)}  speech p95 +${(percentile(spoken, 0.95) - rest).toFixed(3)}  r ${correlation(spoken, loudness).toFixed(2)}  silence ±${Math.max(...silent.map((gap) => Math.abs(gap - rest))).toFixed(4)}`,
  );
}
