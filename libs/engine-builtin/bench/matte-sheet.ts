/*
 * Looks at mattes: each picture as it is, its alpha, and the person over white, green, dark and the own background blurred, with the I420 that a
 * session draws. node libs/engine-builtin/bench/matte-sheet.ts OUT.png SIDE PICTURE...
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import sharp from 'sharp';
import { allocateI420 } from '@visavis/engine';
import type { Background, I420Picture } from '@visavis/engine';
import { loadFaceDetector } from '../src/face/face-detector.ts';
import { prepareBackground } from '../src/matte/background.ts';
import { compositeRows } from '../src/matte/composite.ts';
import { cutOut } from '../src/matte/cut-out.ts';
import { matteOf } from '../src/matte/matte.ts';
import { decodeUpload } from '../src/prepare/decode-upload.ts';
import { findFace } from '../src/prepare/find-face.ts';
import { makeMasterPicture } from '../src/prepare/master-picture.ts';
import { i420ToRgb } from '../src/render/i420-to-rgb.ts';
import { rgbToPlanes } from '../src/render/texture.ts';
import { writeSheet } from './frames.ts';
import type { Tile } from './frames.ts';

const BACKGROUNDS: readonly Background[] = [{ type: 'color', color: '#ffffff' }, { type: 'green' }, { type: 'color', color: '#14161e' }, { type: 'blur', strength: 0.5 }];

const [outPath, side, ...files] = process.argv.slice(2);
if (!outPath || !Number(side) || files.length === 0) throw new Error('usage: matte-sheet.ts OUT.png SIDE PICTURE...');

const tiles: Tile[] = [];
for (const file of files) {
  const { image, reduction } = await decodeUpload(readFileSync(file));
  const { mesh } = await findFace(await loadFaceDetector(), image, reduction);
  const master = await makeMasterPicture(image, mesh);
  const data = await sharp(master.jpeg).raw().toBuffer();
  const size = { width: master.width, height: master.height };
  const before = process.cpuUsage();
  const alpha = await matteOf({ ...size, data }, master.mesh, { image, mesh });
  const matteMs = Math.round(process.cpuUsage(before).user / 1000);
  const picture = asI420(data, size);
  const person = cutOut(picture, alpha);
  console.log(`${basename(file)}: ${size.width}×${size.height}, matte ${matteMs} ms, with colours ${Math.round(process.cpuUsage(before).user / 1000)} ms of CPU`);
  tiles.push({ ...size, rgb: data, label: basename(file) }, { ...size, rgb: Uint8Array.from({ length: data.length }, (_, i) => alpha[Math.floor(i / 3)]!) });
  for (const background of BACKGROUNDS) {
    const behind = await prepareBackground(background, size, { picture, alpha });
    const out = allocateI420(size);
    compositeRows(person, alpha, behind!, out, 0, size.height);
    tiles.push({ ...size, rgb: i420ToRgb(out) });
  }
}
await writeSheet(outPath, tiles, BACKGROUNDS.length + 2, Number(side));

function asI420(rgb: Uint8Array, size: { width: number; height: number }): I420Picture {
  const { y, u, v } = rgbToPlanes(rgb, size.width, size.height);
  return { ...size, data: Uint8Array.from([...y.data, ...u.data, ...v.data]) };
}
