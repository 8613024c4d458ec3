/*
 * All contact sheets and the film, through the engine's public interface:
 *   node libs/engine-builtin/bench/proof-sheets.ts FOLDER [--photo FILE]… [--clip FILE]… [--stock NAME]… [--only SHEET]… [--publish]
 *
 * Of every avatar that may be published (assets/stock; with --stock only those whose file's name contains NAME), of the photos and of the clips
 * (without one: a clip that the engine makes of a stock avatar) it writes JPEG sheets into FOLDER: `stock`, `given` (a row each: at rest and in
 * speech), `faces` (the stock, each saying something), and of the first of each kind `sentence`, `visemes`, `expressions`, `gestures`, `states`,
 * `poses`. `film` is an MP4 of three that speak in turn. With --publish those of them go to docs/images that show nobody but the stock.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXPRESSIONS, GESTURES } from '@visavis/engine';
import type { Cue, I420Picture, LoadedAvatar } from '@visavis/engine';
import { MOUTH_PARAMS, phonemeTable, VISEMES } from '@visavis/viseme-net';
import { loadFaceDetector } from '../src/face/face-detector.ts';
import { distance, eyeDistance, meshBounds } from '../src/face/landmarks.ts';
import { createBuiltinEngine } from '../src/index.ts';
import { i420ToRgb } from '../src/render/i420-to-rgb.ts';
import { headPoses } from './head-poses.ts';
import { speakingClip, writeFilm } from './film.ts';
import { tileOf, writeSheet } from './sheet.ts';
import type { Cut, SheetTile } from './sheet.ts';
import { copyOf, FPS, FRAME_SAMPLES, framesOf, play, silence, spoken } from './spoken.ts';
import type { Spoken } from './spoken.ts';

const SIZE = { width: 512, height: 512 };
const TEXT = 'Papa bought a bottle of water from my mother. Five of us were here, I thought, and we saw the show.';
const STOCK = fileURLToPath(new URL('../assets/stock/', import.meta.url));
const PUBLISHED = fileURLToPath(new URL('../../../docs/images/', import.meta.url));

interface Source {
  name: string;
  kind: 'stock' | 'photo' | 'clip';
  upload: Uint8Array;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    photo: { type: 'string', multiple: true, default: [] },
    clip: { type: 'string', multiple: true, default: [] },
    stock: { type: 'string', multiple: true, default: [] },
    only: { type: 'string', multiple: true, default: [] },
    publish: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (!folder) throw new Error('usage: proof-sheets.ts FOLDER [--photo FILE]… [--clip FILE]… [--stock NAME]… [--only SHEET]… [--publish]');
mkdirSync(folder, { recursive: true });
const wanted = (sheet: string): boolean => values.only.length === 0 || values.only.includes(sheet);

const engine = createBuiltinEngine();
const speech = await spoken(TEXT);
const stock = readdirSync(STOCK)
  .filter((file) => file.endsWith('.jpg') && (values.stock.length === 0 || values.stock.some((name) => file.includes(name))))
  .map((file): Source => ({ name: basename(file, '.jpg'), kind: 'stock', upload: readFileSync(STOCK + file) }));
const given = [
  ...values.photo.map((path): Source => ({ name: basename(path), kind: 'photo', upload: readFileSync(path) })),
  ...values.clip.map((path): Source => ({ name: basename(path), kind: 'clip', upload: readFileSync(path) })),
];
const loaded = new Map<Source, Promise<LoadedAvatar>>();
const avatarOf = (source: Source): Promise<LoadedAvatar> => {
  const known = loaded.get(source) ?? engine.prepare(source.upload).then(({ bundle }) => engine.load(bundle, SIZE));
  loaded.set(source, known);
  return known;
};

/** Ours to show: drawn by us or in the public domain, and what the engine made of it. */
const drawnClip = async (): Promise<Source> => ({
  name: 'a clip of a stock avatar',
  kind: 'clip',
  upload: await speakingClip(await avatarOf(stock[0]!), await spoken(`${TEXT} ${TEXT}`), SIZE),
});
if (values.clip.length === 0 && wanted('given')) given.push(await drawnClip());

if (wanted('stock')) await sheet('stock', false, 176, await rows(stock));
if (wanted('faces')) await sheet('faces', true, 240, await faces(stock, 5));
if (wanted('given') && given.length > 0) await sheet('given', false, 176, await rows(given));
const painting = stock.find(({ name }) => name.includes('leonardo'));
const examples = [stock[0], painting, given.find(({ kind }) => kind === 'photo'), given.find(({ kind }) => kind === 'clip')].filter((source) => source !== undefined);
for (const source of new Set(examples)) await ofOne(source);
if (wanted('film')) await film();
for (const avatar of loaded.values()) (await avatar).close();
process.exit(0);

async function sheet(name: string, publishable: boolean, side: number, content: Parameters<typeof writeSheet>[2]): Promise<void> {
  const path = join(folder!, `${name}.jpg`);
  await writeSheet(path, side, content);
  console.log(path);
  if (values.publish && publishable) publish(path);
}

function publish(path: string): void {
  mkdirSync(PUBLISHED, { recursive: true });
  copyFileSync(path, join(PUBLISHED, basename(path)));
  console.log(`published ${basename(path)}`);
}

/** A row per avatar: at rest, then the sentence's sounds that look most unlike one another. */
async function rows(sources: readonly Source[]): Promise<{ label: string; tiles: SheetTile[] }[]> {
  const all = [];
  for (const source of sources) {
    try {
      const kept = momentsOf(await avatarOf(source), speech, [0, ...telling()]);
      all.push({ label: source.name, tiles: await Promise.all(kept.map(({ picture, viseme }) => tileOf(picture, 176, viseme))) });
    } catch (error) {
      // What an upload can't become is an answer, too.
      console.log(`${source.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return all;
}

/** Every avatar once, in the middle of a sound, another one for each, and not in the middle of a blink. */
async function faces(sources: readonly Source[], columns: number): Promise<{ tiles: SheetTile[] }[]> {
  const tiles: SheetTile[] = [];
  for (const [i, source] of sources.entries()) {
    const moments = momentsOf(await avatarOf(source), speech, telling());
    const open = await Promise.all(moments.map(({ picture }) => eyesOpen(picture)));
    const turned = moments.map((_, n) => (n + i) % moments.length);
    const chosen = turned.find((n) => open[n]! > 0.8 * Math.max(...open))!;
    tiles.push(await tileOf(moments[chosen]!.picture, 240, source.name));
  }
  return Array.from({ length: Math.ceil(tiles.length / columns) }, (_, row) => ({ tiles: tiles.slice(row * columns, (row + 1) * columns) }));
}

/** The middle of the longest segment of each of some visemes. */
function telling(): number[] {
  const wantedVisemes = ['aa', 'PP', 'oh', 'FF', 'ou', 'SS', 'ih'];
  return wantedVisemes
    .flatMap((wantedViseme) => {
      const all = speech.visemes.filter(({ viseme }) => viseme === wantedViseme);
      return all.length === 0 ? [] : [all.reduce((best, one) => (one.endMs - one.startMs > best.endMs - best.startMs ? one : best))];
    })
    .map(({ startMs, endMs }) => Math.round((((startMs + endMs) / 2) * FPS) / 1000));
}

async function ofOne(source: Source): Promise<void> {
  const kinds = ['sentence', 'visemes', 'expressions', 'gestures', 'states', 'poses'];
  if (!kinds.some(wanted)) return;
  const avatar = await avatarOf(source);
  const face = await faceCut(momentsOf(avatar, silence(1), [0])[0]!.picture);
  const mouth = { left: face.left + Math.round(face.side * 0.25), top: face.top + Math.round(face.side * 0.5), side: Math.round(face.side / 2) };
  const id = source.name.replace(/[^a-z0-9-]+/gi, '-');
  const ours = source.kind === 'stock';
  const tiles = (moments: readonly Moment[], cut: Cut, side: number): Promise<SheetTile[]> => Promise.all(moments.map(({ picture, viseme, label }) => tileOf(picture, side, label ?? viseme, cut)));

  if (wanted('sentence')) {
    const strip = momentsOf(avatar, speech, Array.from({ length: 32 }, (_, i) => 11 + i));
    const parts = [0, 8, 16, 24].map((from) => strip.slice(from, from + 8));
    await sheet(`sentence-${id}`, ours, 176, await Promise.all(parts.map(async (part) => ({ tiles: await tiles(part, face, 176) }))));
    await sheet(`sentence-mouth-${id}`, false, 176, await Promise.all(parts.map(async (part) => ({ tiles: await tiles(part, mouth, 176) }))));
  }
  if (wanted('visemes')) {
    const shown = visemesOf(avatar);
    await sheet(`visemes-${id}`, ours, 200, await Promise.all([0, 5, 10].map(async (from) => ({ tiles: await tiles(shown.slice(from, from + 5), face, 200) }))));
  }
  if (wanted('expressions')) {
    const strengths = [0.5, 1];
    const sets = strengths.map((strength) => EXPRESSIONS.map((expression) => ({ ...cued(avatar, { type: 'expression', expression, strength }, [50])[0]!, label: `${expression} ${strength}` })));
    await sheet(`expressions-${id}`, ours, 200, await Promise.all(sets.map(async (set) => ({ tiles: await tiles(set, face, 200) }))));
  }
  const whole = { left: 0, top: 0, side: SIZE.width };
  if (wanted('gestures')) {
    const frames = Array.from({ length: 8 }, (_, i) => 25 + 4 * i);
    const sets = GESTURES.map((gesture) => ({ label: gesture, moments: cued(avatar, { type: 'gesture', gesture }, frames) }));
    await sheet(`gestures-${id}`, false, 160, await Promise.all(sets.map(async ({ label, moments }) => ({ label, tiles: await tiles(moments, whole, 160) }))));
  }
  if (wanted('states')) {
    const frames = [30, 55, 80, 105, 130, 155, 180, 205];
    const sets = (['listening', 'thinking'] as const).map((state) => ({ label: state, moments: cued(avatar, { type: 'state', state }, frames) }));
    await sheet(`states-${id}`, false, 160, await Promise.all(sets.map(async ({ label, moments }) => ({ label, tiles: await tiles(moments, whole, 160) }))));
  }
  if (wanted('poses')) await sheet(`poses-${id}`, false, 200, [{ tiles: await tiles(await headPoses(avatar, SIZE), whole, 200) }]);
}

interface Moment {
  picture: I420Picture;
  viseme: string;
  label?: string;
}

function momentsOf(avatar: LoadedAvatar, said: Spoken, frames: readonly number[]): Moment[] {
  const moments: Moment[] = [];
  for (const { index, picture, viseme } of play(avatar, said, { ...SIZE, frames: Math.max(...frames) + 1 })) {
    if (frames.includes(index)) moments.push({ picture: copyOf(picture), viseme });
  }
  return moments;
}

/** A cue after a second of rest. */
function cued(avatar: LoadedAvatar, cue: Cue, frames: readonly number[]): Moment[] {
  const moments: Moment[] = [];
  const before = (stream: ReturnType<LoadedAvatar['open']>, frame: number, at: number): void => {
    if (frame === 24) stream.act?.(at + FRAME_SAMPLES, cue);
  };
  for (const { index, picture } of play(avatar, silence(1), { ...SIZE, frames: Math.max(...frames) + 1, seed: 5, before })) {
    if (frames.includes(index)) moments.push({ picture: copyOf(picture), viseme: '', label: `${((index - 25) / FPS).toFixed(2)} s` });
  }
  return moments;
}

/** Each viseme as the network is taught to say it, held for half a second. */
function visemesOf(avatar: LoadedAvatar): Moment[] {
  const steps = 50;
  const mouths = new Float32Array(VISEMES.length * steps * MOUTH_PARAMS.length);
  VISEMES.forEach((viseme, v) => {
    for (let step = 12; step < 38; step++) MOUTH_PARAMS.forEach((param, p) => (mouths[(v * steps + step) * MOUTH_PARAMS.length + p] = phonemeTable.targets[viseme][param]));
  });
  const said: Spoken = { ...silence(VISEMES.length), mouths };
  const moments = momentsOf(avatar, said, VISEMES.map((_, v) => v * FPS + 16));
  return moments.map((moment, v) => ({ ...moment, label: VISEMES[v]! }));
}

/** How far the lids part, in distances between the eyes. */
async function eyesOpen(picture: I420Picture): Promise<number> {
  const detector = await loadFaceDetector();
  const [face] = await detector.detect({ ...SIZE, data: i420ToRgb(picture) }, { lids: true });
  return face ? (distance(face.mesh, 159, 145) + distance(face.mesh, 386, 374)) / eyeDistance(face.mesh) : 0;
}

async function faceCut(picture: I420Picture): Promise<Cut> {
  const detector = await loadFaceDetector();
  const [face] = await detector.detect({ width: picture.width, height: picture.height, data: i420ToRgb(picture) });
  if (!face) return { left: 0, top: 0, side: SIZE.width };
  const { left, right, top, bottom } = meshBounds(face.mesh);
  const side = Math.min(SIZE.width, Math.round(Math.max(right - left, bottom - top) * 1.25));
  const place = (centre: number): number => Math.max(0, Math.min(SIZE.width - side, Math.round(centre - side / 2)));
  return { left: place((left + right) / 2), top: place((top + bottom) / 2), side };
}

async function film(): Promise<void> {
  const cast = [stock.find(({ name }) => /amara|sofia|mei/.test(name)), painting, stock.find(({ name }) => /elias|samuel|arjun/.test(name))].filter((source) => source !== undefined);
  const path = join(folder!, 'speaking.mp4');
  const lines = [
    { text: 'Hello! I was drawn by a program, and I speak on an ordinary computer.', voice: 'en-us-slt' },
    { text: 'I am five hundred years old, and I have never felt better.', voice: 'en-us-slt' },
    { text: 'No graphics card, no cloud. Bring your own photo, and it talks.', voice: 'en-us-rms' },
  ];
  const parts = await Promise.all(cast.map(async (source, i) => ({ avatar: await avatarOf(source), said: await spoken(lines[i]!.text, lines[i]!.voice, 0) })));
  writeFilm(path, parts);
  console.log(path, `${parts.reduce((sum, { said }) => sum + framesOf(said), 0) / FPS} s of speech`);
  if (values.publish) publish(path);
}
