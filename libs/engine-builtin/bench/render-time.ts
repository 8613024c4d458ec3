/*
 * CPU time per frame on one core: node libs/engine-builtin/bench/render-time.ts PICTURE SPEECH.wav [WIDTH HEIGHT]
 */
import { readFileSync } from 'node:fs';
import { allocateI420, MEDIA_CLOCK_HZ } from '@visavis/engine';
import { createBuiltinEngine } from '../src/index.ts';
import { readWav16k } from './frames.ts';

const [picturePath, wavPath, width = '512', height = '512'] = process.argv.slice(2);
if (!picturePath || !wavPath) throw new Error('usage: render-time.ts PICTURE SPEECH.wav [WIDTH HEIGHT]');
const size = { width: Number(width), height: Number(height) };
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const engine = createBuiltinEngine();
const { bundle } = await engine.prepare(readFileSync(picturePath));
const beforeLoad = cpuMs();
const avatar = await engine.load(bundle);
const beforeOpen = cpuMs();
const picture = allocateI420(size);
const stream = avatar.open({ ...size, fps: 25, seed: 5 });
console.log(`bundle ${(bundle.byteLength / 1024).toFixed(0)} KiB, load ${(beforeOpen - beforeLoad).toFixed(0)} ms, first open ${(cpuMs() - beforeOpen).toFixed(0)} ms, ${(avatar.memoryBytes / 1e6).toFixed(1)} MB`);
const speech = readWav16k(wavPath);
const beforePush = cpuMs();
stream.push(0, speech.subarray(0, 16000 * 20));
const seconds = Math.min(20, speech.length / 16000);
console.log(`sound to motion: ${((cpuMs() - beforePush) / seconds).toFixed(2)} ms of CPU per second of sound`);
let at = 0;
for (const round of ['cold', 'warm', 'warm']) {
  const frames = Math.floor(seconds * 25 / 3);
  const before = cpuMs();
  for (let i = 0; i < frames; i++, at += MEDIA_CLOCK_HZ / 25) stream.frame(at, picture);
  console.log(`${round}: ${((cpuMs() - before) / frames).toFixed(2)} ms of CPU per ${width}×${height} frame`);
}
