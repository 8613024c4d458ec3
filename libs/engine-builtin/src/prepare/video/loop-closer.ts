import type { I420Picture } from '@visavis/engine';
import { controlPoints, CONTROL_POINT_COUNT } from '../../bundle/control-points.ts';
import { LANDMARK_COUNT } from '../../face/landmarks.ts';
import type { LoopTrack } from './base-loop.ts';
import { closedMouth, closeMouth } from './close-mouth.ts';
import type { ClosedMouth } from './close-mouth.ts';
import type { HeadPose } from './head-model.ts';
import type { PatchFrame, StoredMouth } from './mouth-store.ts';

/** Eyes, nose, temples and cheek bones: what a mouth doesn't move. Below, two points on the neck. */
const STILL = [33, 133, 362, 263, 145, 374, 6, 197, 1, 98, 327, 127, 356, 234, 454, 117, 346];
const NECK_UNITS = 0.42;
/** A closed mouth is taken for heads that are turned like its own: a share falls to a third this many radians away. */
const POSE_REACH = 0.07;
const MOST_MOUTHS = 2;

/** Closes the mouths of a loop's pictures with the store's closed ones. */
export function loopCloser(track: LoopTrack, stored: readonly StoredMouth[], size: PatchFrame, poses: readonly (HeadPose | undefined)[]): (picture: I420Picture, index: number) => I420Picture {
  const closed = stored
    .filter((mouth) => mouth.closed)
    .map(({ rgb, mask, points, frame }) => ({ angles: poses[frame]!.angles, mouth: closedMouth(rgb, mask, points, size.width, size.height) }));
  return (picture, index) => {
    const axes = track.axes.subarray(index * 4, index * 4 + 4);
    const unitPx = (Math.hypot(axes[0]!, axes[1]!) + Math.hypot(axes[2]!, axes[3]!)) / 2;
    const points = (values: Float32Array): Float32Array => values.subarray(index * CONTROL_POINT_COUNT * 2, (index + 1) * CONTROL_POINT_COUNT * 2);
    const mesh = track.meshes.subarray(index * LANDMARK_COUNT * 3, (index + 1) * LANDMARK_COUNT * 3);
    const still = STILL.flatMap((i) => [mesh[i * 3]!, mesh[i * 3 + 1]!]);
    const rest = points(track.restPoints);
    for (const jaw of [152, 150, 379]) {
      const p = controlPoints.indexOf(jaw);
      still.push(rest[p * 2]! + NECK_UNITS * axes[2]!, rest[p * 2 + 1]! + NECK_UNITS * axes[3]!);
    }
    return closeMouth(picture, {
      seen: points(track.seen),
      rest,
      unitPx,
      strength: track.toClose[index]!,
      mouths: nearest(closed, track.poses.subarray(index * 3, index * 3 + 3)),
      still: Float32Array.from(still),
    });
  };
}

function nearest(closed: readonly { angles: readonly [number, number, number]; mouth: ClosedMouth }[], [yaw, pitch]: Float32Array): { mouth: ClosedMouth; share: number }[] {
  const near = closed.map(({ angles, mouth }) => ({ mouth, distance: Math.hypot(angles[0] - yaw!, angles[1] - pitch!) })).sort((a, b) => a.distance - b.distance);
  const end = near[MOST_MOUTHS]?.distance ?? Infinity;
  const taken = near.slice(0, MOST_MOUTHS).map(({ mouth, distance }) => ({ mouth, share: Math.exp(-((distance / POSE_REACH) ** 2)) * (end === Infinity ? 1 : 1 - distance / (end + 1e-9)) + 1e-6 }));
  const sum = taken.reduce((total, { share }) => total + share, 0);
  return taken.map(({ mouth, share }) => ({ mouth, share: share / sum }));
}

/** The meshes of a loop whose mouths were closed: control points lie where they rest. */
export function closedMeshes({ meshes, restPoints, toClose }: LoopTrack): Float32Array {
  const moved = meshes.slice();
  toClose.forEach((strength, i) => {
    controlPoints.forEach((index, p) => {
      for (const c of [0, 1]) {
        const at = (i * LANDMARK_COUNT + index) * 3 + c;
        moved[at] = moved[at]! + strength * (restPoints[(i * CONTROL_POINT_COUNT + p) * 2 + c]! - moved[at]!);
      }
    });
  });
  return moved;
}
