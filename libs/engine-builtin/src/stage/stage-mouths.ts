import type { PictureSize } from '@visavis/engine';
import type { AvatarBundle } from '../bundle/avatar-bundle.ts';
import { CONTROL_POINT_COUNT } from '../bundle/control-points.ts';
import type { CropRect } from '../face/framing.ts';
import type { Arena } from '../kernel/arena.ts';
import { fitAffine } from './affine.ts';
import { spreadBasis } from './spread-basis.ts';
import type { Pause } from './stage-avatar.ts';
import { stagePatches } from './stage-patches.ts';
import { PATCH_PAD } from './staged-avatar.ts';
import type { StagedMouths } from './staged-avatar.ts';
import type { Staging } from './staging.ts';

/** Around the middle of the mouth, in units; it holds all that mouths reach. */
const GRID = { columns: 21, rows: 21, firstA: -1, firstB: -0.8, step: 0.1 };

export async function stageMouths(avatar: AvatarBundle, crop: CropRect, scale: number, pictures: { address: number } & PictureSize, staging: Staging, pause: Pause): Promise<StagedMouths> {
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
