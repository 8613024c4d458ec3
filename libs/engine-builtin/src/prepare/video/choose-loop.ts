import { eyeDistance } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { CLIP_FPS, median } from './clip-survey.ts';
import { thumbDifference } from './frame-signs.ts';
import type { HeadModel } from './head-model.ts';
import type { Stretch } from './judge-clip.ts';
import type { MouthTrack } from './mouth-track.ts';
import type { TrackedFrame } from './track-clip.ts';

/** The stretch of the clip that an avatar shows while it does nothing, and how its end becomes its beginning. */
export interface ChosenLoop {
  from: number;
  /** Frames of the clip that it is made of. */
  frames: number;
  /** Its last frames go over into those before its first. */
  blend: number;
  /** Shown to the end and back again: no two frames were alike enough. */
  thereAndBack: boolean;
  /** Pairs of its frames that are hardly to be told apart. */
  jumps: { from: number; to: number }[];
  /** Mean distance of the face's points over the join, in eye distances. */
  seam: number;
}

const MIN_FRAMES = 4 * CLIP_FPS;
const MAX_FRAMES = 10 * CLIP_FPS;
/** Where less than four good seconds are in one piece. */
const FEWEST_FRAMES = 1.5 * CLIP_FPS;
const BLEND = 8;
/** A join further apart than this shows, in eye distances: the loop then goes there and back. */
const MOST_SEAM = 0.1;
const LEAST_THERE_AND_BACK = 2 * CLIP_FPS;
const MOST_THERE_AND_BACK = 5 * CLIP_FPS;
/** What counts against a loop, in eye distances: lips apart all the time, a face distance of motion each frame, each second less than eight … */
const OPEN_COSTS = 0.12;
const MOTION_COSTS = 1.2;
const SHORT_COSTS = 0.01;
/** … and a radian from looking straight at the viewer. */
const TURNED_COSTS = 0.25;
/** Per grey value of the whole picture's mean difference, over a join, and from frame to frame: hands that move. */
const PICTURE_COSTS = 0.006;
const PICTURE_MOTION_COSTS = 0.012;
/** Points of the face whose distance is taken: eyes, brows, nose, mouth, outline. */
const COMPARED = [33, 133, 362, 263, 159, 386, 145, 374, 70, 300, 105, 334, 168, 1, 2, 98, 327, 61, 291, 13, 14, 0, 17, 10, 152, 234, 454, 172, 397];
const MOST_JUMPS = 12;

/** Looks for the calmest stretch whose end is like its beginning, as a video texture does (Schödl and others, 2000). */
export function chooseLoop(frames: readonly TrackedFrame[], stretches: readonly Stretch[], head: HeadModel, mouth: MouthTrack): ChosenLoop {
  const eyes = eyeDistance(Float32Array.from(head.mesh));
  // Where the camera stands beside the person, looking at it is what they mostly do.
  const usual = [0, 1].map((axis) => median(head.poses.flatMap((pose) => (pose ? [pose.angles[axis]!] : []))));
  const open = frames.map((_, f) => 1 - (mouth.frames[f]?.closed ?? 0));
  const motion = frames.map((frame, f) => (f > 0 && frame.mesh && frames[f - 1]!.mesh ? MOTION_COSTS * (meshDistance(frame.mesh, frames[f - 1]!.mesh!) / eyes) + PICTURE_MOTION_COSTS * thumbDifference(frame.thumb, frames[f - 1]!.thumb) : 0));
  const turned = frames.map((_, f) => (head.poses[f] ? Math.hypot(head.poses[f].angles[0] - usual[0]!, head.poses[f].angles[1] - usual[1]!) : 0));
  const sums = { open: runningSum(open), motion: runningSum(motion), turned: runningSum(turned) };
  const meanOf = (sum: Float64Array, from: number, to: number): number => (sum[to]! - sum[from]!) / (to - from);
  const calm = (from: number, to: number, seconds = (to - from) / CLIP_FPS): number => OPEN_COSTS * meanOf(sums.open, from, to) + meanOf(sums.motion, from, to) + TURNED_COSTS * meanOf(sums.turned, from, to) + SHORT_COSTS * Math.max(0, 8 - seconds);
  /** The same motion at the same place: both ends are compared with their neighbours. */
  const seamOf = (from: number, to: number): number => {
    let sum = 0;
    for (const k of [-7, -4, -1]) sum += (meshDistance(frames[from + k]!.mesh!, frames[to + k]!.mesh!) / eyes + PICTURE_COSTS * thumbDifference(frames[from + k]!.thumb, frames[to + k]!.thumb)) / 3;
    return sum;
  };

  let best: { from: number; to: number; cost: number; seam: number } | undefined;
  for (const { from: start, to: end } of stretches) {
    const least = Math.min(MIN_FRAMES, Math.max(FEWEST_FRAMES, end - start - BLEND));
    for (let from = start + BLEND; from + least <= end; from += 2) {
      for (let to = from + least; to <= Math.min(end, from + MAX_FRAMES); to += 1) {
        const quiet = calm(from, to);
        if (best && quiet >= best.cost) continue;
        const seam = seamOf(from, to);
        if (!best || quiet + seam < best.cost) best = { from, to, cost: quiet + seam, seam };
      }
    }
  }
  if (!best || best.seam > MOST_SEAM) return thereAndBack(stretches, calm);
  const { from, to, seam } = best;
  return { from, frames: to - from, blend: BLEND, thereAndBack: false, jumps: jumpsIn(frames, from, to, eyes), seam };
}

function thereAndBack(stretches: readonly Stretch[], calm: (from: number, to: number, seconds?: number) => number): ChosenLoop {
  let best: { from: number; to: number; cost: number } | undefined;
  for (const { from: start, to: end } of stretches) {
    for (let length = Math.min(end - start, LEAST_THERE_AND_BACK); length <= Math.min(end - start, MOST_THERE_AND_BACK); length += CLIP_FPS / 2) {
      const frames = Math.floor(length);
      for (let from = start; from + frames <= end; from++) {
        const cost = calm(from, from + frames, (2 * frames) / CLIP_FPS);
        if (!best || cost < best.cost) best = { from, to: from + frames, cost };
      }
    }
  }
  const { from, to } = best!;
  return { from, frames: to - from, blend: 0, thereAndBack: true, jumps: [], seam: 0 };
}

/** Of the whole face, its place in the picture included: root of the mean square. */
function meshDistance(a: FaceMesh, b: FaceMesh): number {
  let sum = 0;
  for (const i of COMPARED) sum += (a[i * 3]! - b[i * 3]!) ** 2 + (a[i * 3 + 1]! - b[i * 3 + 1]!) ** 2;
  return Math.sqrt(sum / COMPARED.length);
}

const JUMP_LEAST_FRAMES = 20;
const MOST_JUMP = 0.022;
const MOST_JUMP_PICTURE = 2;

function jumpsIn(frames: readonly TrackedFrame[], from: number, to: number, eyes: number): { from: number; to: number }[] {
  const found: { from: number; to: number; cost: number }[] = [];
  for (let a = from + 1; a < to - BLEND - 1; a++) {
    for (let b = from + 1; b < to - BLEND - 1; b++) {
      if (Math.abs(a - b) < JUMP_LEAST_FRAMES) continue;
      // From a one goes on with b + 1: both must move alike.
      const cost = Math.max(meshDistance(frames[a]!.mesh!, frames[b]!.mesh!), meshDistance(frames[a + 1]!.mesh!, frames[b + 1]!.mesh!)) / eyes;
      if (cost < MOST_JUMP && thumbDifference(frames[a]!.thumb, frames[b]!.thumb) < MOST_JUMP_PICTURE) found.push({ from: a - from, to: b + 1 - from, cost });
    }
  }
  const kept: typeof found = [];
  for (const jump of found.sort((x, y) => x.cost - y.cost)) {
    if (kept.length === MOST_JUMPS) break;
    if (kept.every((other) => Math.abs(other.from - jump.from) + Math.abs(other.to - jump.to) > 16)) kept.push(jump);
  }
  return kept.map(({ from: f, to: t }) => ({ from: f, to: t }));
}

function runningSum(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length + 1);
  values.forEach((value, i) => (sums[i + 1] = sums[i]! + value));
  return sums;
}
