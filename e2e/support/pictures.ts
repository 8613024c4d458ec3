import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

const stockDir = fileURLToPath(new URL('../../libs/engine-builtin/assets/stock/', import.meta.url));

/** A painting that comes with the built-in engine (public domain), by a word of its file's name. */
export function painting(word: string): Buffer {
  const name = readdirSync(stockDir).find((file) => file.includes(word) && /\.(jpe?g|png|webp)$/.test(file));
  if (!name) throw new Error(`there is no painting "${word}" in ${stockDir}`);
  return readFileSync(stockDir + name);
}

/** Two people, equally large, side by side. */
export async function twoFaces(a: Buffer, b: Buffer): Promise<Buffer> {
  const [left, right] = await Promise.all([a, b].map((picture) => sharp(picture).resize({ width: 600, height: 800, fit: 'cover', position: 'top' }).png().toBuffer()));
  return sharp({ create: { width: 1200, height: 800, channels: 3, background: '#333' } })
    .composite([{ input: left!, left: 0, top: 0 }, { input: right!, left: 600, top: 0 }])
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A face of a few pixels in a large picture. */
export async function tinyFace(portrait: Buffer): Promise<Buffer> {
  const small = await sharp(portrait).resize({ height: 110 }).png().toBuffer();
  return sharp({ create: { width: 700, height: 500, channels: 3, background: '#8a8' } }).composite([{ input: small, left: 300, top: 180 }]).jpeg({ quality: 92 }).toBuffer();
}

/** Hills under a sky: nobody there. */
export function landscape(): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="700"><rect width="900" height="700" fill="#9cf"/>
    <path d="M0 500 Q200 300 420 480 T900 420 V700 H0Z" fill="#484"/><path d="M0 600 Q300 480 600 590 T900 560 V700 H0Z" fill="#263"/></svg>`;
  return sharp(Buffer.from(svg)).jpeg().toBuffer();
}

/** A valid PNG of 10,000 × 10,000 black pixels in about 100 kB: what it unpacks to is the bomb. */
export function pngBomb(side = 10_000): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((side + 1) * side), { level: 9 });
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
