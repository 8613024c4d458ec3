import { readFile } from 'node:fs/promises';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { OverlayOptions } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { allocateI420, PrepareError } from '@visavis/engine';
import { sha256Hex } from '../bundle/container.ts';
import { createBuiltinEngine } from '../index.ts';

/** Real: the face detector with its models, sharp. Pictures are the stock paintings and things made of them. */
const engine = createBuiltinEngine();
let monaLisa: Buffer;
let vermeer: Buffer;

beforeAll(async () => {
  const stock = new URL('../../assets/stock/', import.meta.url);
  monaLisa = await readFile(new URL('leonardo-mona-lisa.jpg', stock));
  vermeer = await readFile(new URL('vermeer-girl-with-a-pearl-earring.jpg', stock));
});

async function failure(upload: Uint8Array): Promise<string> {
  try {
    await engine.prepare(upload);
  } catch (error) {
    expect(error).toBeInstanceOf(PrepareError);
    expect((error as PrepareError).message).toMatch(/Please/);
    return (error as PrepareError).code;
  }
  return 'prepared';
}

function canvas(width: number, height: number, layers: OverlayOptions[]): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#6a7280' } }).composite(layers).jpeg().toBuffer();
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A PNG of a few bytes that promises a picture of any size. */
function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IDAT', deflateSync(Buffer.alloc(1000))), pngChunk('IEND', Buffer.alloc(0))]);
}

describe('prepare', () => {
  it('makes a bundle, a preview and a report from a portrait', async () => {
    const steps: number[] = [];
    const prepared = await engine.prepare(monaLisa, ({ fraction }) => steps.push(fraction));
    expect(prepared.bundleSha256).toBe(sha256Hex(prepared.bundle));
    const preview = await sharp(prepared.previewJpeg).metadata();
    expect([preview.format, preview.width, preview.height]).toEqual(['jpeg', 512, 512]);
    expect(prepared.report.eye_distance_px).toBeGreaterThan(70);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(JSON.parse(JSON.stringify(prepared.report))).toEqual(prepared.report);

    for (const [width, height] of [[512, 512], [640, 360], [362, 640]] as const) {
      const avatar = await engine.load(prepared.bundle, { width, height });
      const picture = allocateI420({ width, height });
      const stream = avatar.open({ width, height, fps: 25, seed: 1 });
      stream.frame(0, picture);
      expect(picture.data.some((value) => value > 60)).toBe(true);
      expect(avatar.memoryBytes).toBeLessThan(32_000_000);
      stream.close();
      avatar.close();
    }
    expect(prepared.bundle.byteLength).toBeLessThan(4_000_000);
  });

  it('turns a picture as its EXIF says', async () => {
    const sideways = await sharp(monaLisa).rotate(-90).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { report } = await engine.prepare(sideways);
    const upright = (await engine.prepare(monaLisa)).report;
    for (const side of ['master_width', 'master_height'] as const) expect(report[side]).toBeCloseTo(upright[side] as number, -2);
    expect(Math.sign(report.yaw_degrees as number)).toBe(Math.sign(upright.yaw_degrees as number));
  });

  it('ignores a much smaller face in the background', async () => {
    const small = await sharp(vermeer).resize({ width: 250 }).toBuffer();
    const main = await sharp(monaLisa).resize({ height: 1000 }).toBuffer();
    const { report } = await engine.prepare(await canvas(1200, 1000, [{ input: main, left: 0, top: 0 }, { input: small, left: 940, top: 0 }]));
    expect(report.eye_distance_px).toBeGreaterThan(70);
  });

  it('refuses files that are no pictures', async () => {
    expect(await failure(Buffer.from('This is only text, whatever its name says.\n'.repeat(50)))).toBe('unreadable_image');
    expect(await failure(new Uint8Array(0))).toBe('unreadable_image');
    expect(await failure(monaLisa.subarray(0, monaLisa.length >> 1))).toBe('unreadable_image');
    expect(await failure(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600"/>'))).toBe('unreadable_image');
  });

  it('refuses a small file that unpacks to 100 megapixels, by its header', async () => {
    expect(await failure(pngOf(10_000, 10_000))).toBe('image_too_large');
  });

  it('refuses pictures that are too small', async () => {
    expect(await failure(await sharp(monaLisa).resize({ width: 100 }).toBuffer())).toBe('image_too_small');
  });

  it('refuses a picture without a face', async () => {
    const stripes = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600"><rect width="800" height="300" fill="#8cf"/><rect y="300" width="800" height="300" fill="#3a5"/></svg>',
    );
    expect(await failure(await sharp(stripes).png().toBuffer())).toBe('no_face');
  });

  it('refuses two faces of like size', async () => {
    const left = await sharp(monaLisa).resize({ height: 800 }).toBuffer();
    const right = await sharp(vermeer).resize({ height: 800 }).toBuffer();
    expect(await failure(await canvas(1400, 800, [{ input: left, left: 0, top: 0 }, { input: right, left: 700, top: 0 }]))).toBe('several_faces');
  });

  it('refuses a face with too few pixels between the eyes', async () => {
    const small = await sharp(monaLisa).resize({ height: 230 }).toBuffer();
    expect(await failure(await canvas(320, 240, [{ input: small, left: 60, top: 5 }]))).toBe('face_too_small');
  });

  it('refuses a face that the picture cuts off', async () => {
    const { width = 0, height = 0 } = await sharp(monaLisa).metadata();
    const cut = await sharp(monaLisa).extract({ left: 0, top: 0, width, height: Math.round(height * 0.26) }).toBuffer();
    expect(await failure(cut)).toBe('face_cut_off');
  });
});

describe('load', () => {
  it('refuses a bundle of another version', async () => {
    const { bundle } = await engine.prepare(monaLisa);
    const other = Buffer.from(bundle);
    const at = other.indexOf('"engineVersion":"2"');
    other.write('"engineVersion":"1"', at);
    await expect(engine.load(other)).rejects.toThrow(/prepare the avatar again/);
  });
});
