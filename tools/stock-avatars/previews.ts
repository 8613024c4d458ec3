/*
 * The clips that show how the stock avatars speak: node tools/stock-avatars/previews.ts [--to FOLDER] [SLUG...]
 * Each breathes for a moment, greets and looks at the viewer again. Drawn through the engine's public interface alone; stock.json then names the clip.
 */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createMp4Writer, createResampler } from '@visavis/codec';
import { allocateI420, ENGINE_SAMPLE_RATE_HZ, MEDIA_CLOCK_HZ } from '@visavis/engine';
import { createBuiltinEngine } from '@visavis/engine-builtin';
import { synthesise } from '@visavis/speech';
import { readStock, STOCK_FOLDER } from './stock-list.ts';
import type { StockEntry } from './stock-list.ts';

const SIDE = 256;
const FPS = 25;
const QUIET_BEFORE_S = 1.2;
const QUIET_AFTER_S = 1.4;
const CRF = 23;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { to: { type: 'string' } } });
const folder = values.to ?? STOCK_FOLDER;
const stock = readStock();
const unknown = positionals.filter((slug) => !stock.some((entry) => entry.slug === slug));
if (unknown.length > 0) throw new Error(`There is no stock avatar ${unknown.join(', ')}.`);
const engine = createBuiltinEngine();
await mkdir(folder, { recursive: true });
for (const entry of stock) {
  if (positionals.length > 0 && !positionals.includes(entry.slug)) continue;
  const file = `${entry.slug}.mp4`;
  await makePreview(entry, join(folder, file));
  entry.preview = file;
  console.log(`${file}: ${Math.round((await stat(join(folder, file))).size / 1024)} KiB`);
}
if (!values.to) await writeFile(join(folder, 'stock.json'), `[\n${stock.map((entry) => `  ${oneLine(entry)}`).join(',\n')}\n]\n`);

async function makePreview(entry: StockEntry, path: string): Promise<void> {
  const { bundle } = await engine.prepare(await readFile(join(STOCK_FOLDER, entry.file)));
  const size = { width: SIDE, height: SIDE };
  const avatar = await engine.load(bundle, size);
  const stream = avatar.open({ ...size, fps: FPS, seed: entry.slug.length });
  const sound = await greeting(entry);
  const samplesPerFrame = MEDIA_CLOCK_HZ / FPS;
  const frames = Math.ceil(sound.length / samplesPerFrame);
  // The stream wants to hear ahead of what it draws: all of it is known here, and silence behind it.
  const heard = at16k(sound, MEDIA_CLOCK_HZ);
  stream.push(0, heard);
  const picture = allocateI420(size);
  const writer = createMp4Writer({ path, ...size, fps: FPS, crf: CRF });
  for (let frame = 0; frame < frames; frame++) {
    stream.frame(frame * samplesPerFrame, picture);
    writer.picture(picture);
    writer.sound(sound.subarray(frame * samplesPerFrame, (frame + 1) * samplesPerFrame));
  }
  writer.close();
  stream.close();
  avatar.close();
}

/** What it says, in its voice, at 48 kHz, with quiet around it. */
async function greeting({ name, kind, voice }: StockEntry): Promise<Float32Array> {
  const text = kind === 'illustration' ? `Hi, I'm ${name}. Nice to meet you!` : 'Hello! It is good to be able to speak again.';
  const pieces: Float32Array[] = [new Float32Array(QUIET_BEFORE_S * MEDIA_CLOCK_HZ)];
  for await (const { samples } of synthesise(text, voice)) pieces.push(samples);
  pieces.push(new Float32Array(QUIET_AFTER_S * MEDIA_CLOCK_HZ));
  const sound = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    sound.set(piece, at);
    at += piece.length;
  }
  return sound;
}

/** With a second of silence behind, in which the filter's tail and the stream's look-ahead end. */
function at16k(sound: Float32Array, fromHz: number): Float32Array {
  const resampler = createResampler(fromHz, ENGINE_SAMPLE_RATE_HZ);
  const input = new Float32Array(sound.length + fromHz);
  input.set(sound);
  const output = new Float32Array(resampler.maxOutputLength(input.length));
  const written = resampler.process(input, output);
  return output.subarray(0, written);
}

function oneLine(entry: StockEntry): string {
  const fields = Object.entries(entry).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{ ${fields.join(', ')} }`;
}
