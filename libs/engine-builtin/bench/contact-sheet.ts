/*
 * Contact sheets to look at: node libs/engine-builtin/bench/contact-sheet.ts OUT.png PICTURE [SPEECH.wav] [--visemes | --sentence] [--mouth | --eyes]
 * Without a WAV: one picture at rest, at several openings and lip shapes, blinking, and turned as far as idle motion goes; with --eyes a
 * blink and glances.
 * With --visemes: the fifteen visemes, each as the lip sync network is taught to say it.
 * With a WAV: every fourth frame of its first four seconds at 25 frames a second, its mouth alone; with --sentence 24 frames on end from
 * where it begins to speak. Each with the viseme that the network hears.
 */
import { readFileSync } from 'node:fs';
import { MOUTH_PARAMS, mouthOfSound, VISEMES } from '@visavis/viseme-net';
import { applyMouth } from '../src/motion/mouth-pose.ts';
import { channel, restPose } from '../src/motion/pose.ts';
import type { FacePose } from '../src/motion/pose.ts';
import { i420ToRgb } from '../src/render/i420-to-rgb.ts';
import { boxAround } from '../src/render/patch-textures.ts';
import { cutTile, readWav16k, writeSheet } from './frames.ts';
import type { Tile } from './frames.ts';
import { openPhoto } from './photo-face.ts';

type Shape = Partial<Record<keyof typeof channel, number>>;

const SHAPES: readonly Shape[] = [
  {}, { jaw: 0.12 }, { jaw: 0.25, upperLip: 0.1, lowerLip: 0.1 }, { jaw: 0.4, upperLip: 0.25, lowerLip: 0.25 }, { jaw: 0.6, upperLip: 0.3, lowerLip: 0.3 },
  { jaw: 0.2, round: 1 }, { jaw: 0.2, spread: 0.8 }, { upperLip: 0.5, lowerLip: 0.6, spread: 0.3 }, { press: 0.7 }, { jaw: 0.3, round: 0.5 },
  { blinkLeft: 0.5, blinkRight: 0.5 }, { blinkLeft: 1, blinkRight: 1 }, { gazeX: 1 }, { gazeX: -1, gazeY: 0.5 }, { brow: 1 },
  { yaw: 0.055, jaw: 0.3 }, { yaw: -0.055, jaw: 0.3 }, { pitch: 0.05 }, { pitch: -0.03, blinkLeft: 1, blinkRight: 1 }, { roll: 0.016, breath: 1, shiftX: 0.02 },
];
const EYE_SHAPES: readonly Shape[] = [
  {}, ...[0.2, 0.4, 0.6, 0.8, 1].map((blink) => ({ blinkLeft: blink, blinkRight: blink })),
  { gazeX: -1 }, { gazeX: -0.5 }, { gazeX: 0.5 }, { gazeX: 1 }, { gazeY: -1 }, { gazeY: 1 },
];
const SENTENCE_FRAMES = 24;

const sentence = process.argv.includes('--sentence');
const columns = sentence ? 8 : process.argv.includes('--eyes') ? 6 : 5;
const files = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const [outPath, picturePath, wavPath] = files;
if (!outPath || !picturePath || (sentence && !wavPath)) throw new Error('usage: contact-sheet.ts OUT.png PICTURE [SPEECH.wav] [--visemes | --sentence] [--mouth | --eyes]');

const { synthesiser, mouthGain } = await openPhoto(picturePath);
const { renderer } = synthesiser;
const { size } = renderer;
const eyes = process.argv.includes('--eyes');
const closeUp = process.argv.includes('--mouth') ? renderer.patchBox('mouth') : eyes ? boxAround(renderer.patchBox('leftEye'), renderer.patchBox('rightEye')) : undefined;
const tiles: Tile[] = [];
const draw = (pose: FacePose, label?: string) => {
  const tile: Tile = { ...size, rgb: i420ToRgb(synthesiser.draw(pose)), ...(label && { label }) };
  if (!closeUp) return tiles.push(tile);
  const side = Math.min(size.width, size.height, Math.round(Math.max(closeUp.width, closeUp.height) * 1.25));
  const left = Math.max(0, Math.min(size.width - side, Math.round(closeUp.x0 + closeUp.width / 2 - side / 2)));
  const top = Math.max(0, Math.min(size.height - side, Math.round(closeUp.y0 + closeUp.height / 2 - side / 2)));
  return tiles.push({ ...tile, ...cutTile(tile, left, top, side, side) });
};
const drawMouth = (params: Float32Array, offset: number, label?: string) => {
  const pose = restPose();
  applyMouth(params, offset, mouthGain, pose);
  draw(pose, label);
};

if (wavPath) {
  const { steps, params, visemes } = mouthOfSound(readWav16k(wavPath).subarray(0, 16000 * 25));
  // Two steps are a frame.
  for (let step = 0; step < steps && (sentence ? tiles.length < SENTENCE_FRAMES : step < 200); step += sentence ? 2 : 8) {
    const viseme = VISEMES[visemes[step]!] ?? 'sil';
    if (!sentence || tiles.length > 0 || viseme !== 'sil') drawMouth(params, step * MOUTH_PARAMS.length, viseme);
  }
} else if (process.argv.includes('--visemes')) {
  const phonemes = new URL('../../viseme-net/assets/phonemes.json', import.meta.url);
  const { params, targets } = JSON.parse(readFileSync(phonemes, 'utf8')) as { params: string[]; targets: Record<string, Record<string, number>> };
  for (const [viseme, target] of Object.entries(targets)) {
    drawMouth(Float32Array.from(params, (name) => target[name] ?? 0), 0, viseme);
  }
} else {
  for (const shape of eyes ? EYE_SHAPES : SHAPES) {
    const pose = restPose();
    for (const [name, value] of Object.entries(shape)) pose[channel[name as keyof typeof channel]] = value;
    draw(pose);
  }
}
await writeSheet(outPath, tiles, columns, closeUp ? 300 : 384);
