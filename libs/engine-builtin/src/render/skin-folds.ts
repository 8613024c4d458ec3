import { smoothstep } from '../face/face-geometry.ts';
import type { FaceGeometry, Fold } from '../face/face-geometry.ts';
import { drawn } from './drawn-pose.ts';
import type { DrawnPose } from './drawn-pose.ts';

/**
 * Speech deepens the folds between nose, mouth and cheeks a little, and the one under the lower lip: what a warp alone can't show. In the
 * picture's own places: the skin takes its folds along.
 */
const DEPTH = 0.05;
const HALF_WIDTH = 0.06;
/** The cheek beside a fold bulges and is lighter. */
const BULGE = 0.018;
const BULGE_HALF_WIDTH = 0.1;
/** Between the mesh's points and the mouth, in units. */
const INWARDS = 0.04;

export class SkinFolds {
  private readonly folds: readonly { fold: Fold; outwards: number }[];
  private depth = 0;

  constructor(face: FaceGeometry) {
    const { skin } = face;
    const turned = Math.sin(face.yaw);
    // The fold of the side that is turned away is the edge of the face.
    this.folds = skin
      ? [
          { fold: skin.leftFold, outwards: -1, shows: turned > -0.3 },
          { fold: skin.rightFold, outwards: 1, shows: turned < 0.3 },
        ].filter(({ shows }) => shows)
      : [];
  }

  begin(pose: DrawnPose): void {
    const jaw = pose[drawn.jaw]! + 0.4 * pose[drawn.jawRound]!;
    this.depth = Math.min(1, Math.max(0, 0.7 * jaw + 0.75 * pose[drawn.spread]! + 0.3 * pose[drawn.upperLip]! - 0.5 * pose[drawn.round]!));
  }

  /** Factor on the light of the skin at a point of the picture, in units. */
  lightAt(a: number, b: number): number {
    if (this.depth === 0) return 1;
    let light = 1;
    for (const { fold, outwards } of this.folds) light *= this.lightOfFold(fold, outwards, a, b);
    return light;
  }

  private lightOfFold({ a: foldA, b: foldB }: Fold, outwards: number, a: number, b: number): number {
    const last = foldB.length - 1;
    const top = foldB[0]!, bottom = foldB[last]!;
    const part = (b - top) / Math.max(bottom - top, 1e-3);
    if (part < -0.05 || part > 1.1) return 1;
    let i = 0;
    while (i < last - 1 && foldB[i + 1]! < b) i++;
    const t = Math.min(Math.max((b - foldB[i]!) / Math.max(foldB[i + 1]! - foldB[i]!, 1e-3), -0.3), 1.3);
    const from = (a - (foldA[i]! + (foldA[i + 1]! - foldA[i]!) * t)) * outwards + INWARDS;
    const along = smoothstep(-0.05, 0.3, part) * (1 - smoothstep(0.75, 1.1, part));
    const dark = DEPTH * Math.exp(-((from / HALF_WIDTH) ** 2));
    const lighter = BULGE * Math.exp(-(((from - 0.13) / BULGE_HALF_WIDTH) ** 2));
    return 1 + this.depth * along * (lighter - dark);
  }
}
