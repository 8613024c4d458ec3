import { readFileSync } from 'node:fs';
import sharp from 'sharp';

/** A WAV file (PCM16) as mono at 16 kHz, resampled linearly. */
export function readWav16k(path: string): Float32Array {
  const file = readFileSync(path);
  let channels = 1, rate = 16000, start = 0, length = 0;
  for (let at = 12; at + 8 <= file.length; ) {
    const id = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    if (id === 'fmt ') {
      channels = file.readUInt16LE(at + 10);
      rate = file.readUInt32LE(at + 12);
    }
    if (id === 'data') {
      start = at + 8;
      length = Math.min(size, file.length - start);
    }
    at += 8 + size + (size & 1);
  }
  const frames = Math.floor(length / 2 / channels);
  const mono = (i: number) => file.readInt16LE(start + Math.min(i, frames - 1) * 2 * channels) / 32768;
  return Float32Array.from({ length: Math.floor((frames * 16000) / rate) }, (_, i) => {
    const at = (i * rate) / 16000;
    const before = Math.floor(at);
    return mono(before) + (mono(before + 1) - mono(before)) * (at - before);
  });
}

export interface Tile {
  rgb: Uint8Array;
  width: number;
  height: number;
  /** Written into the tile's corner. */
  label?: string;
}

/** Tiles side by side in rows of `columns`, each scaled to `side` pixels in height. */
export async function writeSheet(path: string, tiles: readonly Tile[], columns: number, side: number): Promise<void> {
  const images = await Promise.all(
    tiles.map(async ({ rgb, width, height, label }) => {
      const scaled = sharp(rgb, { raw: { width, height, channels: 3 } }).resize({ width: side, height: side, fit: 'contain' });
      return (label ? scaled.composite([{ input: labelSvg(label), left: 0, top: 0 }]) : scaled).png().toBuffer();
    }),
  );
  await sharp({ create: { width: side * columns, height: side * Math.ceil(images.length / columns), channels: 3, background: '#000' } })
    .composite(images.map((input, i) => ({ input, left: side * (i % columns), top: side * Math.floor(i / columns) })))
    .png()
    .toFile(path);
}

function labelSvg(label: string): Buffer {
  const width = 14 + 11 * label.length;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="26"><rect width="${width}" height="26" fill="#000" fill-opacity="0.6"/>` +
      `<text x="7" y="19" font-family="sans-serif" font-size="17" fill="#fff">${label}</text></svg>`,
  );
}

export function cutTile(tile: Tile, left: number, top: number, width: number, height: number): Tile {
  const rgb = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * tile.width + left) * 3;
    rgb.set(tile.rgb.subarray(from, from + width * 3), row * width * 3);
  }
  return { rgb, width, height };
}
