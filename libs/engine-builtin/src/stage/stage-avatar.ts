import sharp from 'sharp';
import { createVideoDecoder } from '@visavis/codec';
import type { PictureSize } from '@visavis/engine';
import type { AvatarBundle, PatchStore } from '../bundle/avatar-bundle.ts';
import { CONTROL_POINT_COUNT } from '../bundle/control-points.ts';
import { featureChannels } from '../bundle/mouth-features.ts';
import { faceGeometry } from '../face/face-geometry.ts';
import { frameCrop } from '../face/framing.ts';
import type { CropRect } from '../face/framing.ts';
import { LANDMARK_COUNT, transformMesh } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import type { Arena } from '../kernel/arena.ts';
import { kernelsOn, maskTiles } from '../kernel/kernels.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { DISPLACEMENT_VALUES, displacementOf } from '../render/displacement.ts';
import { DRAWN_COUNT } from '../render/drawn-pose.ts';
import { cropAndScale } from '../render/plane-scaling.ts';
import type { Plane } from '../render/plane-scaling.ts';
import { rgbToPlanes } from '../render/texture.ts';
import { fitAffine } from './affine.ts';
import { spreadBasis } from './spread-basis.ts';
import { PATCH_PAD } from './staged-avatar.ts';
import type { StagedAvatar, StagedEyes, StagedLattice, StagedMouths, StagedPatches } from './staged-avatar.ts';

/** Frames are whole cells of this many pixels. */
export const CELL = 16;
const GRID = { columns: 21, rows: 21, firstA: -1, firstB: -0.8, step: 0.1 };

/** Points of the face that speech and looks leave where they are: corners of the eyes, bridge of the nose, forehead, temples. */
const RIGID_POINTS = [33, 133, 362, 263, 168, 6, 197, 10, 151, 9, 127, 356, 234, 454, 109, 338] as const;

/** A piece of an avatar's staging after which others may run. */
export type Pause = () => Promise<unknown>;

/** Decodes a bundle into the arena, cut and scaled for a frame size. */
export async function stageAvatar(avatar: AvatarBundle, frame: PictureSize, arena: Arena, pause: Pause = () => Promise.resolve()): Promise<StagedAvatar> {
  const staging = new Staging(arena);
  try {
    return await stage(avatar, frame, staging, pause);
  } catch (error) {
    for (const block of staging.blocks) arena.free(block);
    throw error;
  }
}

export function unstage(staged: StagedAvatar, arena: Arena): void {
  for (const block of staged.blocks) arena.free(block);
}

/** Remembers what was taken. */
class Staging {
  readonly blocks: number[] = [];
  bytes = 0;
  readonly arena: Arena;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  block(length: number): number {
    const address = this.arena.allocate(length);
    this.blocks.push(address);
    this.bytes += length;
    return address;
  }

  put(...pieces: readonly Uint8Array[]): number {
    const address = this.block(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
    let at = address;
    for (const piece of pieces) {
      this.arena.bytes(at, piece.byteLength).set(piece);
      at += piece.byteLength;
    }
    return address;
  }
}

interface Planes {
  y: Plane;
  u: Plane;
  v: Plane;
}

async function stage(avatar: AvatarBundle, frame: PictureSize, staging: Staging, pause: Pause): Promise<StagedAvatar> {
  const { base } = avatar;
  const width = Math.ceil(frame.width / CELL) * CELL;
  const height = Math.ceil(frame.height / CELL) * CELL;
  const meshes = Array.from({ length: base.frames }, (_, i) => base.meshes.subarray(i * LANDMARK_COUNT * 3, (i + 1) * LANDMARK_COUNT * 3));
  const crop = frameCrop(base, meanMesh(meshes), frame);
  const scale = frame.width / crop.width;
  const wide = { ...crop, width: width / scale, height: height / scale };
  const pictureBytes = (width * height * 3) / 2;
  const pictures = staging.block(base.frames * pictureBytes);
  const cutter = new PictureCutter(wide, { width, height }, staging);
  let index = 0;
  for await (const planes of basePictures(avatar)) {
    cutter.cut(planes, pictures + index++ * pictureBytes);
    await pause();
  }
  cutter.close();
  const staged = meshes.map((mesh) => transformMesh(mesh, -crop.left, -crop.top, scale));
  return {
    width,
    height,
    jawIn: avatar.jawIn,
    base: { address: pictures, frames: base.frames, fps: base.fps },
    lattice: stageLattice(staged[0]!, avatar, { width, height }, staging),
    toFirst: mapsToFirst(staged),
    mouths: await stageMouths(avatar, crop, scale, { address: pictures, width, height }, staging, pause),
    eyes: avatar.eyes && {
      ...avatar.eyes,
      left: await stageEyes(avatar.eyes.left, crop, scale, staging),
      right: await stageEyes(avatar.eyes.right, crop, scale, staging),
    },
    matte: 0,
    blocks: staging.blocks,
    bytes: staging.bytes,
  };
}

async function* basePictures({ base }: AvatarBundle): AsyncGenerator<Planes> {
  const [only] = base.coded;
  if (base.frames === 1 && only) {
    const { data, info } = await sharp(only).toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    yield rgbToPlanes(data, info.width, info.height);
    return;
  }
  const decoder = createVideoDecoder('h264');
  try {
    for (const unit of base.coded) {
      const picture = decoder.decode(unit);
      if (!picture) throw new Error('avatar bundle is damaged: a base picture is missing');
      const { width, height, data } = picture;
      const luma = width * height;
      yield {
        y: { width, height, data: data.subarray(0, luma) },
        u: { width: width / 2, height: height / 2, data: data.subarray(luma, luma + luma / 4) },
        v: { width: width / 2, height: height / 2, data: data.subarray(luma + luma / 4) },
      };
    }
  } finally {
    decoder.close();
  }
}

/** Reduced by more than this, bilinear samples leave pixels out. */
const MOST_BILINEAR = 1.4;

/** Cuts and scales pictures of one size. */
class PictureCutter {
  private readonly crop: CropRect;
  private readonly size: PictureSize;
  private readonly arena: Arena;
  private readonly kernels: Kernels;
  private source: { address: number; length: number } | undefined;

  constructor(crop: CropRect, size: PictureSize, { arena }: Staging) {
    this.crop = crop;
    this.size = size;
    this.arena = arena;
    this.kernels = kernelsOn(arena);
  }

  /** Writes the three planes to `address`. */
  cut({ y, u, v }: Planes, address: number): void {
    const luma = this.size.width * this.size.height;
    this.cutPlane(y, 1, address);
    this.cutPlane(u, 2, address + luma);
    this.cutPlane(v, 2, address + luma + luma / 4);
  }

  close(): void {
    if (this.source) this.arena.free(this.source.address);
  }

  private cutPlane(plane: Plane, part: number, address: number): void {
    const width = this.size.width / part;
    const height = this.size.height / part;
    const left = this.crop.left / part;
    const top = this.crop.top / part;
    const step = this.crop.width / this.size.width;
    if (step > MOST_BILINEAR) {
      const { data } = cropAndScale(plane, { left, top, width: this.crop.width / part, height: this.crop.height / part }, width, height);
      this.arena.bytes(address, data.byteLength).set(data);
      return;
    }
    this.source ??= { address: this.arena.allocate(plane.data.byteLength), length: plane.data.byteLength };
    this.arena.bytes(this.source.address, plane.data.byteLength).set(plane.data);
    // The middle of a pixel is half a pixel from its edge, on both sides.
    const first = (from: number) => Math.round((from + step / 2 - 0.5) * 65536);
    this.kernels.resample(address, width, height, this.source.address, plane.width, plane.height, first(left), first(top), Math.round(step * 65536));
  }
}

/** A head that moves is framed by where it is on average. */
function meanMesh(meshes: readonly FaceMesh[]): FaceMesh {
  const mean = new Float32Array(meshes[0]!.length);
  for (const mesh of meshes) for (let i = 0; i < mean.length; i++) mean[i]! += mesh[i]! / meshes.length;
  return mean;
}

function stageLattice(mesh: FaceMesh, avatar: AvatarBundle, frame: PictureSize, staging: Staging): StagedLattice {
  const columns = frame.width / CELL + 1;
  const rows = frame.height / CELL + 1;
  const padded = (columns * rows + 3) & ~3;
  const displacement = displacementOf(faceGeometry(mesh, avatar.yawDegrees), frame);
  const all = Array.from({ length: DRAWN_COUNT }, () => ({ dx: new Float32Array(padded), dy: new Float32Array(padded) }));
  const values = new Float32Array(DISPLACEMENT_VALUES);
  for (let row = 0, node = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, node++) {
      displacement('face', column * CELL, row * CELL, values);
      all.forEach((field, channel) => {
        field.dx[node] = values[2 * channel]!;
        field.dy[node] = values[2 * channel + 1]!;
      });
    }
  }
  const isMouth = new Set(featureChannels);
  const moves = (plane: Float32Array) => plane.some((value) => value !== 0);
  const put = (plane: Float32Array) => (moves(plane) ? staging.put(new Uint8Array(plane.buffer)) : 0);
  const fields = all
    .map((field, channel) => ({ channel, ...field }))
    .filter(({ channel, dx, dy }) => (moves(dx) || moves(dy)) && (avatar.jawIn === 'base' || !isMouth.has(channel)))
    .map(({ channel, dx, dy }) => ({ channel, dx: put(dx), dy: put(dy) }));
  return { columns, rows, fields };
}

function mapsToFirst(meshes: readonly FaceMesh[]): Float32Array {
  const rigid = meshes.map((mesh) => Float32Array.from(RIGID_POINTS.flatMap((point) => [mesh[point * 3]!, mesh[point * 3 + 1]!])));
  const maps = new Float32Array(meshes.length * 6);
  rigid.forEach((points, i) => fitAffine(points, 0, rigid[0]!, 0, RIGID_POINTS.length, maps.subarray(i * 6, i * 6 + 6)));
  return maps;
}

async function stageMouths(avatar: AvatarBundle, crop: CropRect, scale: number, pictures: { address: number } & PictureSize, staging: Staging, pause: Pause): Promise<StagedMouths> {
  const { mouths, base } = avatar;
  const restPoints = Float32Array.from(base.restPoints, (value, i) => (value - (i % 2 === 0 ? crop.left : crop.top)) * scale);
  const axes = Float32Array.from(base.axes, (value) => value * scale);
  const reduced = extent(restPoints, base.frames) / extent(mouths.points, mouths.count);
  const patches = await stagePatches(mouths, reduced, staging, pause);
  const scaleX = (patches.width - 2 * PATCH_PAD) / mouths.width;
  const scaleY = (patches.height - 2 * PATCH_PAD) / mouths.height;
  const points = Float32Array.from(mouths.points, (value, i) => PATCH_PAD + value * (i % 2 === 0 ? scaleX : scaleY));
  const pointStride = (CONTROL_POINT_COUNT + 3) & ~3;
  const places = unitPlaces(restPoints, axes);
  return {
    ...patches,
    features: mouths.features,
    points,
    poses: mouths.poses,
    basePoses: base.poses,
    restPoints,
    axes,
    shape: mouths.shape,
    basis: { ...GRID, address: staging.put(new Uint8Array(spreadBasis(places, GRID, pointStride).buffer)), pointStride },
    colours: coloursAt(staging.arena, patches.pictures, patches, points, PATCH_PAD),
    baseColours: coloursAt(staging.arena, Array.from({ length: base.frames }, (_, i) => pictures.address + (i * pictures.width * pictures.height * 3) / 2), pictures, restPoints, 0),
    reach: reachOf(mouths, places),
  };
}

/** Control points of the first base picture as (a, b) around their middle between the lips. */
function unitPlaces(restPoints: Float32Array, axes: Float32Array): Float32Array {
  const [ax, ay, bx, by] = axes as unknown as [number, number, number, number];
  const det = ax * by - ay * bx;
  const originX = restPoints[0]! * 0.5 + restPoints[20]! * 0.5;
  const originY = restPoints[1]! * 0.5 + restPoints[21]! * 0.5;
  const places = new Float32Array(CONTROL_POINT_COUNT * 2);
  for (let i = 0; i < CONTROL_POINT_COUNT; i++) {
    const x = restPoints[2 * i]! - originX, y = restPoints[2 * i + 1]! - originY;
    places[2 * i] = (x * by - y * bx) / det;
    places[2 * i + 1] = (y * ax - x * ay) / det;
  }
  return places;
}

/** The box that patches fill on the face, whatever they show, and a little more for how their mouths move. */
function reachOf(mouths: AvatarBundle['mouths'], places: Float32Array): StagedMouths['reach'] {
  const reach = { left: 0, right: 0, top: 0, bottom: 0 };
  const map = new Float64Array(6);
  for (let patch = 0; patch < mouths.count; patch++) {
    fitAffine(mouths.points, patch * CONTROL_POINT_COUNT * 2, places, 0, CONTROL_POINT_COUNT, map);
    for (const [x, y] of [[0, 0], [mouths.width, 0], [0, mouths.height], [mouths.width, mouths.height]] as const) {
      const a = map[0]! * x + map[1]! * y + map[2]!;
      const b = map[3]! * x + map[4]! * y + map[5]!;
      reach.left = Math.min(reach.left, a);
      reach.right = Math.max(reach.right, a);
      reach.top = Math.min(reach.top, b);
      reach.bottom = Math.max(reach.bottom, b);
    }
  }
  return reach;
}

/** Pixels around a control point whose mean is its colour. */
const COLOUR_RADIUS = 3;

/** The mean colour around each set's control points in its picture (three planes, one after another); −1 for points within `margin` of its border. */
function coloursAt(arena: Arena, pictures: readonly number[], { width, height }: PictureSize, points: Float32Array, margin: number): Float32Array {
  const colours = new Float32Array(pictures.length * CONTROL_POINT_COUNT * 3).fill(-1);
  pictures.forEach((address, set) => {
    const luma = arena.bytes(address, width * height);
    const [blue, red] = [0, 1].map((plane) => arena.bytes(address + width * height + (plane * width * height) / 4, (width * height) / 4)) as [Uint8Array, Uint8Array];
    for (let i = 0; i < CONTROL_POINT_COUNT; i++) {
      const at = set * CONTROL_POINT_COUNT + i;
      const x = Math.round(points[2 * at]!);
      const y = Math.round(points[2 * at + 1]!);
      const room = margin + COLOUR_RADIUS;
      if (x < room || y < room || x >= width - room || y >= height - room) continue;
      let sum = 0, sumBlue = 0, sumRed = 0, count = 0;
      for (let dy = -COLOUR_RADIUS; dy <= COLOUR_RADIUS; dy++) {
        for (let dx = -COLOUR_RADIUS; dx <= COLOUR_RADIUS; dx++, count++) {
          const c = ((y + dy) >> 1) * (width >> 1) + ((x + dx) >> 1);
          sum += luma[(y + dy) * width + x + dx]!;
          sumBlue += blue[c]!;
          sumRed += red[c]!;
        }
      }
      colours[3 * at] = sum / count;
      colours[3 * at + 1] = sumBlue / count;
      colours[3 * at + 2] = sumRed / count;
    }
  });
  return colours;
}

/** Mean size of sets of control points, to compare scales. */
function extent(points: Float32Array, sets: number): number {
  let sum = 0;
  for (let set = 0; set < sets; set++) {
    let left = Infinity, right = -Infinity;
    for (let i = 0; i < CONTROL_POINT_COUNT; i++) {
      const x = points[(set * CONTROL_POINT_COUNT + i) * 2]!;
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
    sum += right - left;
  }
  return sum / sets;
}

async function stageEyes(eye: PatchStore & { x: number; y: number }, crop: CropRect, scale: number, staging: Staging): Promise<StagedEyes> {
  const patches = await stagePatches(eye, scale, staging, () => Promise.resolve());
  return {
    ...patches,
    x: (eye.x - crop.left) * scale,
    y: (eye.y - crop.top) * scale,
    scaleX: (patches.width - 2 * PATCH_PAD) / (eye.width * scale),
    scaleY: (patches.height - 2 * PATCH_PAD) / (eye.height * scale),
  };
}

/** All patches, `scale` times as large as they were stored. */
async function stagePatches(store: PatchStore, scale: number, staging: Staging, pause: Pause): Promise<StagedPatches> {
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
