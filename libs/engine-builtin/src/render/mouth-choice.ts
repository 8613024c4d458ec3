import { featureWays, MOUTH_FEATURES } from '../bundle/mouth-features.ts';

/*
 * Hot path: no allocation after construction.
 *
 * Which stored mouths a frame is made of: the nearest ones in what shows, and in how the head is turned. Their weights change smoothly from
 * frame to frame: one that enters or leaves the chosen few does so with weight 0.
 */
export const CHOSEN = 2;
/** A head turned by a radian more makes a mouth as unlike as one whose lips lie this many units off. */
const TURNED = 0.35;
/** Mouths this near are alike, in units. */
const ALIKE = 0.006;
const LITTLE = 0.06;
const WEIGHT_SUM = 256;

export class MouthChoice {
  /** Indices of the chosen patches, the nearest first, and their weights, of 256. */
  readonly patches = new Int32Array(CHOSEN);
  readonly weights = new Int32Array(CHOSEN);
  private readonly features: Float32Array;
  private readonly poses: Float32Array;
  private readonly count: number;
  private readonly distances = new Float64Array(CHOSEN + 1);
  private readonly nearest = new Int32Array(CHOSEN + 1);
  private readonly shares = new Float64Array(CHOSEN);

  constructor(features: Float32Array, poses: Float32Array) {
    this.features = features;
    this.poses = poses;
    this.count = features.length / MOUTH_FEATURES;
  }

  choose(wanted: Float32Array, yaw: number, pitch: number): void {
    const { distances, nearest, shares } = this;
    distances.fill(Infinity);
    nearest.fill(0);
    for (let patch = 0; patch < this.count; patch++) {
      const turnedYaw = TURNED * (this.poses[3 * patch]! - yaw);
      const turnedPitch = TURNED * (this.poses[3 * patch + 1]! - pitch);
      let squares = turnedYaw * turnedYaw + turnedPitch * turnedPitch;
      for (let f = 0; f < MOUTH_FEATURES; f++) {
        const apart = featureWays[f]! * (this.features[patch * MOUTH_FEATURES + f]! - wanted[f]!);
        squares += apart * apart;
      }
      this.insert(patch, Math.sqrt(squares));
    }
    // The first that was not chosen says where weights end.
    const end = distances[CHOSEN]!;
    let sum = 0;
    for (let i = 0; i < CHOSEN; i++) {
      const distance = distances[i]!;
      const inside = end === Infinity ? (distance === Infinity ? 0 : 1) : Math.max(0, 1 - distance / (end + 1e-9));
      shares[i] = (inside * inside) / (distance * distance + ALIKE * ALIKE);
      // Little is not worth a layer: it fades out below a few per cent of the nearest one.
      shares[i] = Math.max(0, shares[i]! - LITTLE * shares[0]!);
      if (!Number.isFinite(shares[i]!)) shares[i] = 0;
      sum += shares[i]!;
    }
    let left = WEIGHT_SUM;
    for (let i = CHOSEN - 1; i >= 0; i--) {
      this.patches[i] = nearest[i]!;
      const weight = i === 0 ? left : sum > 0 ? Math.round((WEIGHT_SUM * shares[i]!) / sum) : 0;
      this.weights[i] = weight;
      left -= weight;
    }
  }

  private insert(patch: number, distance: number): void {
    const { distances, nearest } = this;
    if (distance >= distances[CHOSEN]!) return;
    let at = CHOSEN;
    for (; at > 0 && distances[at - 1]! > distance; at--) {
      distances[at] = distances[at - 1]!;
      nearest[at] = nearest[at - 1]!;
    }
    distances[at] = distance;
    nearest[at] = patch;
  }
}
