/*
 * Which settings give the best picture per bit and per millisecond:
 *   node libs/codec/bench/encoder-settings.ts h264|vp8 [CLIP…] [--seconds 10] [--only PART-OF-NAME] [--rounds 3] [--cap 2500000] [--silent]
 * Without a CLIP: a painting that speaks (or, with --silent, doesn't), rendered at 512×512 by libs/engine-builtin/bench/speaking-y4m.ts.
 * With clips: these, cut to 512×512.
 *
 * Each candidate encodes the clip at several qualities, a key frame every 2 s, and is decoded again. For each candidate is printed what
 * it gives at 500 kbit/s and at 1 Mbit/s (between the qualities by the logarithm of the rate): the luma's SSIM in dB, and milliseconds of
 * CPU a frame; "same" is what it needs, in kbit/s, for the picture that the product's settings make at that rate. Times are the least of
 * interleaved rounds: compare them within a run only. "key" is how many dB a key frame is better than the picture before it, "flash" how
 * much more it changes blocks' brightness than other pictures do.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { I420Picture } from '@visavis/engine';
import { createVideoDecoder } from '../src/video-decoder.ts';
import { createVideoEncoder, type VideoCodec, type VideoEncoderOptions } from '../src/video-encoder.ts';
import type { VideoSettings } from '../src/video-settings.ts';
import { clipFrames } from './clip-frames.ts';
import { candidatesOf, type Candidate } from './candidates.ts';
import { blockChange, decibels, ssim } from './ssim.ts';

const SIZE = { width: 512, height: 512 };
const FPS = 25;
const KEY_EVERY = 50;
const NAME_CHARS = 66;
const RATES_KBIT = [500, 1000];
/** SSIM of every third picture is enough: neighbours are alike, and key frames come at all remainders. */
const SSIM_EVERY = 3;

interface Point {
  kbit: number;
  decibels: number;
  cpuMs: number;
  keyDecibels: number;
  flash: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '10' }, only: { type: 'string', default: '' }, rounds: { type: 'string', default: '3' }, cap: { type: 'string', default: '2500000' }, silent: { type: 'boolean', default: false } },
});
const [codec, ...clips] = positionals;
if (codec !== 'h264' && codec !== 'vp8') throw new Error('usage: encoder-settings.ts h264|vp8 [CLIP…]');
const options: VideoEncoderOptions = { codec, ...SIZE, fps: FPS, maxBitrate: Number(values.cap) };
const candidates = candidatesOf(options).filter(({ name }, i) => i === 0 || name.includes(values.only));

if (clips.length === 0) await compare(values.silent ? 'Gogol, silent' : 'Gogol, speaking', await renderedFrames());
for (const clip of clips) await compare(basename(clip), await clipFrames(clip, Number(values.seconds), SIZE));

async function renderedFrames(): Promise<I420Picture[]> {
  const folder = mkdtempSync(join(tmpdir(), 'encoder-settings-'));
  const file = join(folder, 'speaking.y4m');
  const engine = fileURLToPath(new URL('../../engine-builtin/', import.meta.url));
  const { status } = spawnSync(process.execPath, [`${engine}bench/speaking-y4m.ts`, `${engine}assets/stock/moller-gogol.jpg`, values.seconds, ...(values.silent ? ['--silent'] : [])], {
    stdio: ['ignore', openSync(file, 'w'), 'inherit'],
  });
  if (status !== 0) throw new Error('the engine rendered nothing');
  const pictures = await clipFrames(file, Number(values.seconds), SIZE);
  rmSync(folder, { recursive: true });
  return pictures;
}

async function compare(name: string, pictures: readonly I420Picture[]): Promise<void> {
  const points = candidates.map((candidate) => candidate.settings.map((settings) => measured(codec as VideoCodec, settings, pictures)));
  for (let round = 1; round < Number(values.rounds); round++) {
    candidates.forEach((candidate, i) =>
      candidate.settings.forEach((settings, j) => {
        const point = points[i]![j]!;
        point.cpuMs = Math.min(point.cpuMs, encoded(settings, pictures).cpuMs);
      }),
    );
  }
  console.log(`\n${name}: ${pictures.length} pictures of ${SIZE.width}×${SIZE.height}, ${codec}, cap ${options.maxBitrate / 1000} kbit/s`);
  console.log(`${'settings'.padEnd(NAME_CHARS)}${RATES_KBIT.map((rate) => `| ${`${rate} kbit/s:`.padEnd(13)} dB    ms  same   key flash `).join('')}`);
  const reference = points[0]!;
  for (const [i, candidate] of candidates.entries()) console.log(row(candidate, points[i]!, reference));
  console.log(`the product's, at the qualities tried: ${reference.map(({ kbit, decibels: db, cpuMs }) => `${kbit.toFixed(0)} kbit/s ${db.toFixed(2)} dB ${cpuMs.toFixed(2)} ms`).join(', ')}`);
}

function row({ name }: Candidate, points: readonly Point[], reference: readonly Point[]): string {
  const cells = RATES_KBIT.map((rate) => {
    const logRate = Math.log(rate);
    const db = between(points, ({ kbit }) => Math.log(kbit), ({ decibels: value }) => value, logRate);
    const ms = between(points, ({ kbit }) => Math.log(kbit), ({ cpuMs }) => cpuMs, logRate);
    const wanted = between(reference, ({ kbit }) => Math.log(kbit), ({ decibels: value }) => value, logRate);
    const same = Math.exp(between(points, ({ decibels: value }) => value, ({ kbit }) => Math.log(kbit), wanted));
    const key = between(points, ({ kbit }) => Math.log(kbit), ({ keyDecibels }) => keyDecibels, logRate);
    const flash = between(points, ({ kbit }) => Math.log(kbit), (point) => point.flash, logRate);
    return `| ${db.toFixed(2).padStart(16)} ${ms.toFixed(2).padStart(5)} ${same.toFixed(0).padStart(5)} ${key.toFixed(2).padStart(5)} ${flash.toFixed(2).padStart(5)} `;
  });
  return `${name.padEnd(NAME_CHARS)}${cells.join('')}`;
}

/** Linear between the two points next to it, NaN outside of all. */
function between(points: readonly Point[], x: (point: Point) => number, y: (point: Point) => number, at: number): number {
  const sorted = [...points].sort((a, b) => x(a) - x(b));
  const after = sorted.findIndex((point) => x(point) >= at);
  if (after <= 0) return NaN;
  const [a, b] = [sorted[after - 1]!, sorted[after]!];
  return y(a) + ((y(b) - y(a)) * (at - x(a))) / (x(b) - x(a));
}

function encoded(settings: VideoSettings, pictures: readonly I420Picture[]): { units: Uint8Array[]; cpuMs: number } {
  const encoder = createVideoEncoder(options, settings);
  const units: Uint8Array[] = [];
  const before = process.cpuUsage();
  for (const [i, picture] of pictures.entries()) units.push(encoder.encode(picture, i % KEY_EVERY === 0).data);
  const { user, system } = process.cpuUsage(before);
  encoder.close();
  return { units, cpuMs: (user + system) / 1000 / pictures.length };
}

function measured(of: VideoCodec, settings: VideoSettings, pictures: readonly I420Picture[]): Point {
  const { units, cpuMs } = encoded(settings, pictures);
  const decoder = createVideoDecoder(of);
  let bytes = 0, similarity = 0, counted = 0, keyDecibels = 0, keys = 0, keyChange = 0, otherChange = 0;
  let before: I420Picture | undefined;
  for (const [i, unit] of units.entries()) {
    bytes += unit.length;
    const shown = decoder.decode(unit)!;
    const key = i % KEY_EVERY === 0;
    if (i % SSIM_EVERY === 0) {
      similarity += ssim(pictures[i]!, shown);
      counted++;
    }
    if (before !== undefined) {
      const change = blockChange(before, shown) - blockChange(pictures[i - 1]!, pictures[i]!);
      if (key) {
        keyChange += change;
        keyDecibels += decibels(ssim(pictures[i]!, shown)) - decibels(ssim(pictures[i - 1]!, before));
        keys++;
      } else otherChange += change;
    }
    before = shown;
  }
  decoder.close();
  return {
    kbit: (bytes * 8 * FPS) / pictures.length / 1000,
    decibels: decibels(similarity / counted),
    cpuMs,
    keyDecibels: keyDecibels / keys,
    flash: keyChange / keys - otherChange / (units.length - 1 - keys),
  };
}
