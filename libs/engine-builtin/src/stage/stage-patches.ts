import sharp from 'sharp';
import type { PatchStore } from '../bundle/avatar-bundle.ts';
import type { CropRect } from '../face/framing.ts';
import { maskTiles } from '../kernel/kernels.ts';
import type { Plane } from '../render/plane-scaling.ts';
import { rgbToPlanes } from '../render/texture.ts';
import type { Pause } from './stage-avatar.ts';
import { PATCH_PAD } from './staged-avatar.ts';
import type { StagedEyes, StagedPatches } from './staged-avatar.ts';
import type { Staging } from './staging.ts';

/** All patches, `scale` times as large as they were stored. */
export async function stagePatches(store: PatchStore, scale: number, staging: Staging, pause: Pause): Promise<StagedPatches> {
  const inner = { width: evenSize(store.width * scale), height: evenSize(store.height * scale) };
  const width = inner.width + 2 * PATCH_PAD;
  const height = inner.height + 2 * PATCH_PAD;
  const rows = Math.ceil(store.count / store.columns);
  const whole = { width: store.columns * inner.width, height: rows * inner.height };
  const { data } = await sharp(store.mosaic).toColourspace('srgb').removeAlpha().resize({ ...whole, fit: 'fill', kernel: 'cubic' }).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const planes = rgbToPlanes(data, whole.width, whole.height);
  const corner = (i: number) => ({ left: (i % store.columns) * inner.width, top: Math.floor(i / store.columns) * inner.height });
  const pictures: number[] = [];
  for (let i = 0; i < store.count; i++) {
    const { left, top } = corner(i);
    pictures.push(
      staging.put(
        padded(planes.y, { left, top, ...inner }, PATCH_PAD),
        padded(planes.u, { left: left / 2, top: top / 2, width: inner.width / 2, height: inner.height / 2 }, PATCH_PAD / 2),
        padded(planes.v, { left: left / 2, top: top / 2, width: inner.width / 2, height: inner.height / 2 }, PATCH_PAD / 2),
      ),
    );
    if (i % 8 === 7) await pause();
  }
  const maskSize = await sharp(store.mask).metadata();
  const shared = maskSize.width === store.width && maskSize.height === store.height;
  const grey = await sharp(store.mask).toColourspace('b-w').resize({ ...(shared ? inner : whole), fit: 'fill', kernel: 'cubic' }).extractChannel(0).raw({ depth: 'uchar' }).toBuffer();
  const maskPlane: Plane = { ...(shared ? inner : whole), data: grey };
  const masks = Array.from({ length: shared ? 1 : store.count }, (_, i) => {
    const mask = padded(maskPlane, { ...corner(i), ...inner }, PATCH_PAD);
    clearBorder(mask, width, height);
    return staging.put(mask, halved(mask, width, height), maskTiles(mask, width, height));
  });
  return { width, height, pictures, masks };
}

/** A part of a plane, its edges repeated `pad` times around it. */
function padded(plane: Plane, { left, top, width, height }: CropRect, pad: number): Uint8Array {
  const stride = width + 2 * pad;
  const data = new Uint8Array(stride * (height + 2 * pad));
  for (let row = 0; row < height + 2 * pad; row++) {
    const from = (top + Math.min(Math.max(row - pad, 0), height - 1)) * plane.width + left;
    const to = row * stride;
    data.fill(plane.data[from]!, to, to + pad);
    data.set(plane.data.subarray(from, from + width), to + pad);
    data.fill(plane.data[from + width - 1]!, to + pad + width, to + stride);
  }
  return data;
}

function clearBorder(mask: Uint8Array, width: number, height: number): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (x < PATCH_PAD || y < PATCH_PAD || x >= width - PATCH_PAD || y >= height - PATCH_PAD) mask[y * width + x] = 0;
    }
  }
}

function halved(mask: Uint8Array, width: number, height: number): Uint8Array {
  const half = new Uint8Array((width * height) / 4);
  for (let y = 0, i = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2, i++) half[i] = (mask[y * width + x]! + mask[y * width + x + 1]! + mask[(y + 1) * width + x]! + mask[(y + 1) * width + x + 1]! + 2) >> 2;
  }
  return half;
}

function evenSize(size: number): number {
  return Math.max(2, Math.round(size / 2) * 2);
}

/** Eyes at their place in a frame that shows `crop` of the base picture. */
export async function stageEyes(eye: PatchStore & { x: number; y: number }, crop: CropRect, scale: number, staging: Staging): Promise<StagedEyes> {
  const patches = await stagePatches(eye, scale, staging, () => Promise.resolve());
  return {
    ...patches,
    x: (eye.x - crop.left) * scale,
    y: (eye.y - crop.top) * scale,
    scaleX: (patches.width - 2 * PATCH_PAD) / (eye.width * scale),
    scaleY: (patches.height - 2 * PATCH_PAD) / (eye.height * scale),
  };
}
