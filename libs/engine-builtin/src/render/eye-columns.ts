import { curveAt, smoothstep } from '../face/face-geometry.ts';
import type { EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import { colourAt } from './patch-textures.ts';
import type { YuvColour } from './patch-textures.ts';
import { toPixel } from './picture-look.ts';
import type { Texture } from './texture.ts';

const COLUMNS = 49;
/** The mesh draws eyes a little too narrow: lids go on this far beyond its corners, in units. */
const BEYOND = 0.035;
/** The upper lid's lashes lie this high above its edge; the skin above them is what unrolls. */
export const LASH_BAND = 0.034;
const SKIN_HEIGHT = 0.05;
const FURTHEST_DOWN = 0.028;

/** What an eye is like at one place along it. */
export interface EyeColumn {
  upper: number;
  lower: number;
  /** 1 over the eye, 0 beyond its corners. */
  inside: number;
  /** The upper lid's, where no lashes and no fold are. */
  lid: YuvColour;
  /** Of the skin below the eye. */
  below: YuvColour;
  lash: YuvColour;
}

/** An eye by columns along it, each with its lids' edges and colours. */
export class EyeColumns {
  readonly from: number;
  readonly to: number;
  private readonly columns: readonly EyeColumn[];
  private readonly found: EyeColumn = { upper: 0, lower: 0, inside: 0, lid: { y: 0, u: 0, v: 0 }, below: { y: 0, u: 0, v: 0 }, lash: { y: 0, u: 0, v: 0 } };

  constructor(face: FaceGeometry, eye: EyeGeometry, texture: Texture) {
    this.from = eye.innerA - BEYOND;
    this.to = eye.outerA + BEYOND;
    const at = (a: number, b: number) => colourAt(texture, ...toPixel(face, a, b));
    const places = Array.from({ length: COLUMNS }, (_, i) => this.from + ((this.to - this.from) * i) / (COLUMNS - 1));
    const lids = places.map((a) => lidsAt(eye, a));
    const below = places.map((a, i) => skinBelow(at, a, lids[i]!.lower));
    const ends = places.map((a, i) => endOfEye(at, a, lids[i]!.lower, below[i]!)).sort((p, q) => p - q);
    const further = ends[Math.floor(0.7 * COLUMNS)]!;
    lids.forEach((lid, i) => (lid.lower += further * (1 - (2 * i / (COLUMNS - 1) - 1) ** 4)));
    const skinsAbove = smoothed(places.map((a, i) => skinAbove(at, eye, a, lids[i]!.upper)), 6);
    const skinsBelow = smoothed(below, 6);
    const usual = [...below].sort((p, q) => p.y - q.y)[Math.floor(COLUMNS / 2)]!;
    const lashes = smoothed(places.map((a, i) => lashAt(at, a, lids[i]!.upper)), 3);
    this.columns = places.map((a, i) => ({ ...lids[i]!, inside: insideAt(eye, a) * smoothstep(0.4, 0.65, (below[i]!.y - 16) / (usual.y - 15)), lid: skinsAbove[i]!, below: skinsBelow[i]!, lash: lashes[i]! }));
  }

  /** What is at `a`; overwritten by the next call. */
  at(a: number): EyeColumn {
    const { found } = this;
    const place = Math.min(Math.max(((a - this.from) / (this.to - this.from)) * (COLUMNS - 1), 0), COLUMNS - 1);
    const i = Math.min(COLUMNS - 2, Math.floor(place));
    const t = place - i;
    const one = this.columns[i]!, other = this.columns[i + 1]!;
    found.upper = one.upper + (other.upper - one.upper) * t;
    found.lower = one.lower + (other.lower - one.lower) * t;
    found.inside = one.inside + (other.inside - one.inside) * t;
    between(one.lid, other.lid, t, found.lid);
    between(one.below, other.below, t, found.below);
    between(one.lash, other.lash, t, found.lash);
    return found;
  }
}

function between(one: YuvColour, other: YuvColour, t: number, out: YuvColour): void {
  out.y = one.y + (other.y - one.y) * t;
  out.u = one.u + (other.u - one.u) * t;
  out.v = one.v + (other.v - one.v) * t;
}

/** The lids' edges; beyond the corners of the mesh they still come together. */
function lidsAt(eye: EyeGeometry, a: number): { upper: number; lower: number } {
  const inside = Math.min(Math.max(a, eye.innerA), eye.outerA);
  const upper = curveAt(eye.upper, inside);
  const lower = Math.max(upper, curveAt(eye.lower, inside));
  return { upper, lower };
}

function insideAt(eye: EyeGeometry, a: number): number {
  const beyond = Math.max(eye.innerA - a, a - eye.outerA);
  return 1 - smoothstep(-0.3 * BEYOND, BEYOND, beyond);
}

type At = (a: number, b: number) => YuvColour;

/** The lightest of the strip above the lashes: folds and shadows are dark. */
function skinAbove(at: At, eye: EyeGeometry, a: number, upper: number): YuvColour {
  const brow = curveAt(eye.brow, Math.min(Math.max(a, eye.innerA), eye.outerA));
  const top = Math.max(upper - LASH_BAND - SKIN_HEIGHT, Math.min(brow + 0.04, upper - LASH_BAND - 0.02));
  const strip: YuvColour[] = [];
  for (let i = 0; i <= 8; i++) for (const da of [-0.012, 0, 0.012]) strip.push(at(a + da, top + ((upper - LASH_BAND - top) * i) / 8));
  strip.sort((p, q) => p.y - q.y);
  return mean(strip.slice(Math.floor(strip.length * 0.7)));
}

/** The lighter part of the skin under the eye, which is lit as a lid that comes down. */
function skinBelow(at: At, a: number, lower: number): YuvColour {
  const strip: YuvColour[] = [];
  for (let b = lower + 0.04; b <= lower + 0.1; b += 0.01) for (const da of [-0.012, 0, 0.012]) strip.push(at(a + da, b));
  strip.sort((p, q) => p.y - q.y);
  const { y, u, v } = mean(strip.slice(Math.floor(strip.length * 0.4), Math.ceil(strip.length * 0.8)));
  return { y: 16 + 0.94 * (y - 16), u, v };
}

/** The darkest of the upper lid's edge: lashes, or the shadow below the lid. */
function lashAt(at: At, a: number, upper: number): YuvColour {
  const edge: YuvColour[] = [];
  for (let b = upper - 0.022; b <= upper + 0.012; b += 0.004) for (const da of [-0.008, 0, 0.008]) edge.push(at(a + da, b));
  edge.sort((p, q) => p.y - q.y);
  return mean(edge.slice(0, Math.ceil(edge.length * 0.3)));
}

/** How much further down than the mesh says the eye goes on: as long as it is white, or dark, beside the skin below. */
function endOfEye(at: At, a: number, lower: number, skin: YuvColour): number {
  let end = 0;
  for (let down = 0; down <= FURTHEST_DOWN; down += 0.004) {
    const { y } = mean([at(a - 0.006, lower + down), at(a, lower + down), at(a + 0.006, lower + down)]);
    if (y > skin.y + 0.14 * (skin.y - 16) || y < skin.y - 0.5 * (skin.y - 16)) end = down;
    else if (down > end + 0.012) break;
  }
  return end;
}

function mean(colours: readonly YuvColour[]): YuvColour {
  const sum = { y: 0, u: 0, v: 0 };
  for (const { y, u, v } of colours) {
    sum.y += y;
    sum.u += u;
    sum.v += v;
  }
  const count = Math.max(1, colours.length);
  return { y: sum.y / count, u: sum.u / count, v: sum.v / count };
}

function smoothed(colours: readonly YuvColour[], reach: number): YuvColour[] {
  return colours.map((_, i) => mean(colours.slice(Math.max(0, i - reach), i + reach + 1)));
}
