import sharp from 'sharp';
import type { I420Picture } from '@visavis/engine';
import { i420ToRgb } from '../src/render/i420-to-rgb.ts';

/** A square part of a picture. */
export interface Cut {
  left: number;
  top: number;
  side: number;
}

export interface SheetTile {
  jpeg: Buffer;
  label?: string;
}

const LABEL_HEIGHT = 24;
const GAP = 4;
const INK = '#20242c';
const PAPER = '#f4f5f7';

/** A picture, or a part of it, as a tile of `side` pixels. */
export async function tileOf(picture: I420Picture, side: number, label?: string, cut?: Cut): Promise<SheetTile> {
  const { width, height } = picture;
  let image = sharp(i420ToRgb(picture), { raw: { width, height, channels: 3 } });
  if (cut) image = image.extract({ left: cut.left, top: cut.top, width: cut.side, height: cut.side });
  const jpeg = await image.resize({ width: side, height: side, fit: 'cover' }).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
  return { jpeg, ...(label !== undefined && { label }) };
}

/** Rows of tiles of one size, each tile with its label below, each row with its own before it. */
export async function writeSheet(path: string, side: number, rows: readonly { label?: string; tiles: readonly SheetTile[] }[]): Promise<void> {
  const labelled = rows.some(({ label }) => label !== undefined);
  const noted = rows.some(({ tiles }) => tiles.some(({ label }) => label !== undefined));
  const rowHeight = side + GAP + (noted ? LABEL_HEIGHT : 0);
  const margin = labelled ? LABEL_HEIGHT : 0;
  const columns = Math.max(...rows.map(({ tiles }) => tiles.length));
  const width = columns * (side + GAP) + GAP;
  const height = rows.length * (rowHeight + margin) + GAP;
  const parts = rows.flatMap(({ label, tiles }, row) => {
    const top = row * (rowHeight + margin) + GAP;
    const parts = tiles.map(({ jpeg }, column) => ({ input: jpeg, left: GAP + column * (side + GAP), top: top + margin }));
    const notes = tiles.flatMap(({ label: note }, column) => (note === undefined ? [] : [text(note, GAP + column * (side + GAP), top + margin + side, side, 13)]));
    return [...parts, ...notes, ...(label === undefined ? [] : [text(label, GAP, top, width - 2 * GAP, 15)])];
  });
  await sharp({ create: { width, height, channels: 3, background: PAPER } })
    .composite(parts)
    .jpeg({ quality: 86, chromaSubsampling: '4:4:4', mozjpeg: true })
    .toFile(path);
}

function text(words: string, left: number, top: number, width: number, size: number): { input: Buffer; left: number; top: number } {
  const safe = words.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${LABEL_HEIGHT}"><text x="2" y="17" font-family="DejaVu Sans, Arial, sans-serif" font-size="${size}" fill="${INK}">${safe}</text></svg>`;
  return { input: Buffer.from(svg), left, top };
}
