import { contour, xOf, yOf } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { median } from './clip-survey.ts';
import { placeOfSample, STRIP_LINES, STRIP_SAMPLES } from './lip-strip.ts';

/*
 * Now and then the mesh lays the outer edge of a lip onto the skin beside it. Lips have another colour than the skin; how other, the clip
 * as a whole tells, and then where in each frame the one becomes the other.
 */
const SKIN = { upper: [-0.12, -0.05], lower: [1.05, 1.12] } as const;
const LIP = { upper: [0.1, 0.24], lower: [0.76, 0.9] } as const;
/** How much a step of luma, blue and red counts. */
const WEIGHTS = [1, 4, 4] as const;
/** Lips that differ less from their skin (squared, weighted) tell nothing. */
const LEAST_DIFFERENCE = 90;
/** The edge is where the colour has gone half the way, and stays there. */
const HALF = 0.5;
/** Edges are looked for up to here, parts of the lips' height from the mesh's own edge. */
const FURTHEST = 0.32;
/** Only the middle of the mouth says what skin and lips look like: at its corners lips are thin. */
const FROM_LINE = 2;

type Lip = 'upper' | 'lower';

export interface FittedLips {
  meshes: (FaceMesh | undefined)[];
  /** As `lipStrip` makes them, between the fitted edges. */
  strips: (Uint8Array | undefined)[];
}

export function fitOuterLips(meshes: readonly (FaceMesh | undefined)[], strips: readonly (Uint8Array | undefined)[]): FittedLips {
  const upper = edgesOf(strips, 'upper');
  const lower = edgesOf(strips, 'lower');
  const edges = strips.map((strip, f) => strip && { upper: steady(upper, f) ?? new Float64Array(STRIP_LINES), lower: steady(lower, f) ?? new Float64Array(STRIP_LINES).fill(1) });
  return {
    meshes: meshes.map((mesh, f) => (mesh && edges[f] ? moved(mesh, edges[f].upper, edges[f].lower) : mesh)),
    strips: strips.map((strip, f) => strip && resampled(strip, edges[f]!.upper, edges[f]!.lower)),
  };
}

/** Places of a lip's outer edge on each line; undefined where there is no strip, or colours tell nothing of this lip. */
function edgesOf(strips: readonly (Uint8Array | undefined)[], lip: Lip): (Float64Array | undefined)[] {
  const colours = strips.map((strip) => strip && { skin: colourIn(strip, SKIN[lip]), lip: colourIn(strip, LIP[lip]) });
  const seen = colours.filter((one) => one !== undefined);
  const way = [0, 1, 2].map((c) => median(seen.map((one) => one.lip[c]! - one.skin[c]!)));
  const length = along(way, way);
  if (length < LEAST_DIFFERENCE) return strips.map(() => undefined);
  return strips.map((strip, f) => strip && Float64Array.from({ length: STRIP_LINES }, (_, line) => edgeOn(strip, line, lip, colours[f]!.skin, way, length)));
}

function edgeOn(strip: Uint8Array, line: number, lip: Lip, skin: readonly number[], way: readonly number[], length: number): number {
  const own = lip === 'upper' ? 0 : 1;
  const inwards = lip === 'upper' ? 1 : -1;
  const first = lip === 'upper' ? 0 : STRIP_SAMPLES - 1;
  const gone = (i: number): number => {
    const at = (line * STRIP_SAMPLES + i) * 3;
    return along([strip[at]! - skin[0]!, strip[at + 1]! - skin[1]!, strip[at + 2]! - skin[2]!], way) / length;
  };
  for (let i = first; Math.abs(placeOfSample(i) - own) <= FURTHEST; i += inwards) {
    if (gone(i) < HALF || gone(i + inwards) < HALF || gone(i + 2 * inwards) < HALF) continue;
    // Skin of the lips' colour: where they begin is not to be seen.
    if (i === first) return own;
    const [before, here] = [gone(i - inwards), gone(i)];
    const part = Math.min(1, Math.max(0, (HALF - before) / Math.max(1e-6, here - before)));
    return placeOfSample(i - inwards) + part * (placeOfSample(i) - placeOfSample(i - inwards));
  }
  return own;
}

function along(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, c) => sum + WEIGHTS[c]! * value * b[c]!, 0);
}

function colourIn(strip: Uint8Array, [from, to]: readonly [number, number]): number[] {
  return [0, 1, 2].map((channel) => {
    const values: number[] = [];
    for (let line = FROM_LINE; line < STRIP_LINES - FROM_LINE; line++) {
      for (let i = 0; i < STRIP_SAMPLES; i++) if (placeOfSample(i) >= from && placeOfSample(i) <= to) values.push(strip[(line * STRIP_SAMPLES + i) * 3 + channel]!);
    }
    return median(values);
  });
}

/** The median over three frames, and smooth from line to line. */
function steady(edges: readonly (Float64Array | undefined)[], f: number): Float64Array | undefined {
  const here = edges[f];
  if (!here) return undefined;
  const near = [f - 1, f, f + 1].flatMap((i) => edges[i] ?? []);
  const overTime = here.map((value, line) => (near.length === 3 ? median(near.map((one) => one[line]!)) : value));
  return overTime.map((value, line) => {
    const around = [overTime[Math.max(0, line - 1)]!, value, overTime[Math.min(STRIP_LINES - 1, line + 1)]!];
    return 0.5 * median(around) + 0.125 * (around[0]! + 2 * around[1]! + around[2]!);
  });
}

function moved(mesh: FaceMesh, upper: Float64Array, lower: Float64Array): FaceMesh {
  const fitted = mesh.slice();
  for (let line = 0; line < STRIP_LINES; line++) {
    const up = contour.outerLipUpper[line + 1]!;
    const low = contour.outerLipLower[line + 1]!;
    const [wayX, wayY] = [xOf(mesh, low) - xOf(mesh, up), yOf(mesh, low) - yOf(mesh, up)];
    fitted[up * 3]! += upper[line]! * wayX;
    fitted[up * 3 + 1]! += upper[line]! * wayY;
    fitted[low * 3]! += (lower[line]! - 1) * wayX;
    fitted[low * 3 + 1]! += (lower[line]! - 1) * wayY;
  }
  return fitted;
}

function resampled(strip: Uint8Array, upper: Float64Array, lower: Float64Array): Uint8Array {
  const fitted = new Uint8Array(strip.length);
  const perSample = placeOfSample(1) - placeOfSample(0);
  for (let line = 0; line < STRIP_LINES; line++) {
    for (let i = 0; i < STRIP_SAMPLES; i++) {
      const place = upper[line]! + placeOfSample(i) * (lower[line]! - upper[line]!);
      const from = Math.min(Math.max((place - placeOfSample(0)) / perSample, 0), STRIP_SAMPLES - 1.001);
      const part = from - Math.floor(from);
      const at = (line * STRIP_SAMPLES + Math.floor(from)) * 3;
      for (let c = 0; c < 3; c++) fitted[(line * STRIP_SAMPLES + i) * 3 + c] = strip[at + c]! + part * (strip[at + 3 + c]! - strip[at + c]!) + 0.5;
    }
  }
  return fitted;
}
