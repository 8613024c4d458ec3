import { controlPoints, CONTROL_POINT_COUNT } from '../../bundle/control-points.ts';
import { featureChannels, mouthFeature, MOUTH_FEATURES } from '../../bundle/mouth-features.ts';
import { contour } from '../../face/landmarks.ts';
import { xOf, yOf } from '../../face/landmarks.ts';
import type { FaceGeometry } from '../../face/face-geometry.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import type { Surface } from '../../render/displacement.ts';
import { mouthDisplacement } from '../../render/mouth-displacement.ts';
import { quantile } from './clip-survey.ts';
import { solve } from './smoothing.ts';

/** features × points × 2, units per unit of a feature: see `shape` of the avatar bundle. */
export type MouthBasis = Float64Array;

const upperLip = new Set<number>([...contour.innerLipUpper.slice(1, -1), ...contour.outerLipUpper.slice(1, -1)]);
const lowerLip = new Set<number>([...contour.innerLipLower.slice(1, -1), ...contour.outerLipLower.slice(1, -1)]);

/** What photos use, on this face: where each control point goes with each feature. */
export function usualBasis(face: FaceGeometry, restMesh: FaceMesh): MouthBasis {
  const displace = mouthDisplacement(face);
  const basis = new Float64Array(MOUTH_FEATURES * CONTROL_POINT_COUNT * 2);
  const featureOf = new Map(featureChannels.map((channel, feature) => [channel, feature]));
  controlPoints.forEach((index, p) => {
    const dx = xOf(restMesh, index) - face.originX;
    const dy = yOf(restMesh, index) - face.originY;
    const a = (dx * face.rightX + dy * face.rightY) / face.unitPx;
    const b = (dy * face.rightX - dx * face.rightY) / face.unitPx;
    const surface: Surface = upperLip.has(index) ? 'upperLip' : lowerLip.has(index) ? 'lowerLip' : 'face';
    displace(surface, a, b, (channel, da, db) => {
      const feature = featureOf.get(channel);
      if (feature === undefined) return;
      const at = (feature * CONTROL_POINT_COUNT + p) * 2;
      basis[at] = da;
      basis[at + 1] = db;
    });
  });
  return basis;
}

/** As far as speech asks for these features at most; what a person shows less of is scaled down to that, but not below a part of the usual. */
const ASKED = [
  { feature: mouthFeature.round, most: 0.8 },
  { feature: mouthFeature.spread, most: 0.8 },
  { feature: mouthFeature.press, most: 0.7 },
] as const;
const LEAST_OF_USUAL = 0.45;

/**
 * Fitted to the person's own range: whoever doesn't purse the lips while speaking is not made to, and no mouth of the store is bent into
 * one that this person has not.
 */
export function personalBasis(usual: MouthBasis, displacements: readonly Float64Array[]): MouthBasis {
  const weights = pointWeights();
  const shown = displacements.map((displacement) => fitFeatures(usual, weights, displacement));
  const basis = usual.slice();
  for (const { feature, most } of ASKED) {
    const range = quantile(shown.map((features) => features[feature]!), 0.98);
    const scale = Math.min(1, Math.max(LEAST_OF_USUAL, range / most));
    const from = feature * CONTROL_POINT_COUNT * 2;
    for (let k = from; k < from + CONTROL_POINT_COUNT * 2; k++) basis[k]! *= scale;
  }
  return basis;
}

/** How much each point says about the mouth: inner edges most, the edge of the jaw, which wobbles with the pose, little. */
export function pointWeights(): Float64Array {
  const inner = new Set<number>([...contour.innerLipUpper, ...contour.innerLipLower]);
  const outer = new Set<number>([...contour.outerLipUpper, ...contour.outerLipLower]);
  const chin = new Set([18, 200, 152, 148, 377]);
  return Float64Array.from(controlPoints, (index) => (inner.has(index) ? 1 : outer.has(index) ? 0.7 : chin.has(index) ? 0.35 : 0.1));
}

/** Features that a mesh can tell; the others need the lips inside, or the tongue. */
const TOLD = [mouthFeature.jaw, mouthFeature.jawRound, mouthFeature.jawShut, mouthFeature.upperLip, mouthFeature.lowerLip, mouthFeature.press, mouthFeature.round, mouthFeature.spread] as const;
/** Of a feature, against what it explains: the mouth is described by few and small ones. */
const RIDGE = 0.004;
const MOST = 1.3;

/** The features that describe a displacement best, none of them negative: coordinate descent. */
export function fitFeatures(basis: MouthBasis, weights: Float64Array, displacement: Float64Array): Float32Array {
  const n = TOLD.length;
  const normal = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (let r = 0; r < n; r++) {
    const from = TOLD[r]! * CONTROL_POINT_COUNT * 2;
    for (let k = 0; k < CONTROL_POINT_COUNT * 2; k++) right[r]! += weights[k >> 1]! * basis[from + k]! * displacement[k]!;
    for (let c = 0; c <= r; c++) {
      const other = TOLD[c]! * CONTROL_POINT_COUNT * 2;
      let sum = 0;
      for (let k = 0; k < CONTROL_POINT_COUNT * 2; k++) sum += weights[k >> 1]! * basis[from + k]! * basis[other + k]!;
      normal[r * n + c] = sum;
      normal[c * n + r] = sum;
    }
    normal[r * n + r]! += RIDGE;
  }
  const x = new Float64Array(n);
  for (let round = 0; round < 200; round++) {
    let moved = 0;
    for (let r = 0; r < n; r++) {
      let rest = right[r]!;
      for (let c = 0; c < n; c++) if (c !== r) rest -= normal[r * n + c]! * x[c]!;
      const next = Math.min(MOST, Math.max(0, rest / normal[r * n + r]!));
      moved = Math.max(moved, Math.abs(next - x[r]!));
      x[r] = next;
    }
    if (moved < 1e-4) break;
  }
  const features = new Float32Array(MOUTH_FEATURES);
  TOLD.forEach((feature, i) => (features[feature] = x[i]!));
  return features;
}

/** Where the control points go with these features. */
export function displacementOfFeatures(basis: MouthBasis, features: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(CONTROL_POINT_COUNT * 2);
  for (let f = 0; f < MOUTH_FEATURES; f++) {
    const value = features[f]!;
    if (value === 0) continue;
    const from = f * CONTROL_POINT_COUNT * 2;
    for (let k = 0; k < sum.length; k++) sum[k]! += value * basis[from + k]!;
  }
  return sum;
}

/** How far, against the prior's own size, a heard frame may pull a feature's shape from it. */
const TRUST_IN_PRIOR = 12;

/**
 * The shapes that explain what was seen when these features were wanted, as far as the frames tell; what they don't tell stays as it is in
 * the prior.
 */
export function learnBasis(prior: MouthBasis, heard: readonly ArrayLike<number>[], seen: readonly Float64Array[]): MouthBasis {
  const n = MOUTH_FEATURES;
  const normal = new Float64Array(n * n);
  for (const row of heard) for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) normal[r * n + c]! += row[r]! * row[c]!;
  for (let r = 0; r < n; r++) normal[r * n + r]! += TRUST_IN_PRIOR;
  const learnt = new Float64Array(prior.length);
  const right = new Float64Array(n);
  for (let k = 0; k < CONTROL_POINT_COUNT * 2; k++) {
    right.fill(0);
    heard.forEach((row, i) => {
      for (let r = 0; r < n; r++) right[r]! += row[r]! * seen[i]![k]!;
    });
    for (let r = 0; r < n; r++) right[r]! += TRUST_IN_PRIOR * prior[r * CONTROL_POINT_COUNT * 2 + k]!;
    const column = solve(normal, right, n);
    for (let r = 0; r < n; r++) learnt[r * CONTROL_POINT_COUNT * 2 + k] = column[r]!;
  }
  return learnt;
}

/** Weighted squares of what a basis leaves unexplained. */
export function unexplained(basis: MouthBasis, weights: Float64Array, features: readonly ArrayLike<number>[], seen: readonly Float64Array[]): number {
  let sum = 0;
  features.forEach((row, i) => {
    const says = displacementOfFeatures(basis, row);
    for (let k = 0; k < says.length; k++) sum += weights[k >> 1]! * (says[k]! - seen[i]![k]!) ** 2;
  });
  return sum;
}
