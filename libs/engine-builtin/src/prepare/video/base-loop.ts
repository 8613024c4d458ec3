import { createLoopEncoder } from '@visavis/codec';
import type { I420Picture, PictureSize } from '@visavis/engine';
import { CONTROL_POINT_COUNT } from '../../bundle/control-points.ts';
import { LANDMARK_COUNT } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import type { ChosenLoop } from './choose-loop.ts';
import { CLIP_FPS } from './clip-survey.ts';
import { toPicture } from './head-model.ts';
import type { HeadModel } from './head-model.ts';
import { between } from './motion-field.ts';
import { innerPairs } from './mouth-track.ts';
import type { MouthTrack } from './mouth-track.ts';
import { smoothSeries } from './smoothing.ts';

/** Quality of the stored base pictures; see createLoopEncoder. */
const CRF = 15;

/** One frame of the loop: a frame of the clip, or one that lies `part` of the way from it to another one. */
export interface LoopFrame {
  frame: number;
  towards?: number;
  part: number;
}

/** Which frames of the clip each frame of the loop is made of. */
export function loopFrames({ from, frames, blend, thereAndBack }: ChosenLoop): LoopFrame[] {
  if (thereAndBack) {
    const way = easedWay(frames - 1);
    return [...way, ...way.slice(1, -1).reverse()].map((place) => {
      const frame = Math.min(Math.floor(place + 1e-6), frames - 1);
      const part = place - frame;
      return part > 0.02 ? { frame: from + frame, towards: from + frame + 1, part } : { frame: from + frame, part: 0 };
    });
  }
  return Array.from({ length: frames }, (_, i) => {
    const k = i - (frames - blend);
    if (k < 0) return { frame: from + i, part: 0 };
    const t = (k + 1) / (blend + 1);
    return { frame: from + i, towards: from - blend + k, part: t * t * (3 - 2 * t) };
  });
}

/** Heads don't turn back at once: over this many frames at each end the motion comes to rest, which takes twice as many. */
const EASED_FRAMES = 6;

/** Places from 0 to `length`, one frame apart but at both ends, where they lie closer and closer. */
function easedWay(length: number): number[] {
  const eased = Math.min(EASED_FRAMES, Math.floor(length / 3));
  const slow = Array.from({ length: 2 * eased }, (_, t) => (t * t) / (4 * eased));
  const steady = Array.from({ length: length - 2 * eased + 1 }, (_, t) => eased + t);
  return [...slow, ...steady, ...slow.map((place) => length - place).reverse()];
}

export interface LoopTrack {
  meshes: Float32Array;
  poses: Float32Array;
  restPoints: Float32Array;
  axes: Float32Array;
  /** frames × points × 2: where the control points are in the clip's own picture. */
  seen: Float32Array;
  /** How far each frame's mouth has to be closed, 0 to 1. */
  toClose: Float32Array;
}

/** Mouths this far closed are as they are; others are closed by the renderer. */
const REST_REACH = 3;
const OPEN_AROUND = 3;

/** Meshes, poses and the mouth at rest in each frame of the loop. */
export function trackLoop(loop: readonly LoopFrame[], meshes: readonly (FaceMesh | undefined)[], head: HeadModel, mouth: MouthTrack): LoopTrack {
  const rests = restSeries(meshes.length, head, mouth);
  const smooth = smoothMeshes(loop, meshes);
  const track: LoopTrack = {
    meshes: new Float32Array(loop.length * LANDMARK_COUNT * 3),
    poses: new Float32Array(loop.length * 3),
    restPoints: new Float32Array(loop.length * CONTROL_POINT_COUNT * 2),
    axes: new Float32Array(loop.length * 4),
    seen: new Float32Array(loop.length * CONTROL_POINT_COUNT * 2),
    toClose: new Float32Array(loop.length),
  };
  const { face } = mouth;
  const open = openness(mouth);
  loop.forEach(({ frame, towards, part }, i) => {
    const add = (f: number, share: number): void => {
      const pose = head.poses[f]!;
      const rest = rests[f]!;
      const { onHead } = mouth.frames[f]!;
      track.toClose[i]! += share * open[f]!;
      for (let k = 0; k < LANDMARK_COUNT * 3; k++) track.meshes[i * LANDMARK_COUNT * 3 + k]! += share * smooth.get(f)![k]!;
      for (let k = 0; k < 3; k++) track.poses[i * 3 + k]! += share * pose.angles[k]!;
      for (let p = 0; p < CONTROL_POINT_COUNT; p++) {
        const [x, y] = toPicture(pose, rest.slice(p * 3, p * 3 + 3));
        track.restPoints[(i * CONTROL_POINT_COUNT + p) * 2]! += share * x;
        track.restPoints[(i * CONTROL_POINT_COUNT + p) * 2 + 1]! += share * y;
        const [sx, sy] = toPicture(pose, onHead.slice(p * 3, p * 3 + 3));
        track.seen[(i * CONTROL_POINT_COUNT + p) * 2]! += share * sx;
        track.seen[(i * CONTROL_POINT_COUNT + p) * 2 + 1]! += share * sy;
      }
      const { rotation: r, scale } = pose.rigid;
      const along = (x: number, y: number): [number, number] => [scale * face.unitPx * (r[0]! * x + r[1]! * y), scale * face.unitPx * (r[3]! * x + r[4]! * y)];
      [...along(face.rightX, face.rightY), ...along(-face.rightY, face.rightX)].forEach((value, k) => (track.axes[i * 4 + k]! += share * value));
    };
    add(frame, 1 - part);
    if (towards !== undefined) add(towards, part);
  });
  return track;
}

/** 1 where lips are apart and a few frames around it, so that closing comes and goes before it is needed. */
function openness(mouth: MouthTrack): Float64Array {
  const open = mouth.frames.map((frame) => (frame ? 1 - frame.closed : 0));
  const wide = open.map((_, f) => Math.max(...open.slice(Math.max(0, f - OPEN_AROUND), f + OPEN_AROUND + 1)));
  return Float64Array.from(wide, (_, f) => {
    const around = wide.slice(Math.max(0, f - OPEN_AROUND), f + OPEN_AROUND + 1);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}

/** Where the mouth's points at rest lie on the head, frame by frame: as seen where the lips touch, the person's usual rest elsewhere. */
function restSeries(count: number, head: HeadModel, mouth: MouthTrack): (number[] | undefined)[] {
  const rows = Array.from({ length: count }, (_, f) => {
    const pose = head.poses[f];
    const seen = mouth.frames[f];
    if (!pose || !seen) return undefined;
    const usual = mouth.restOnHead(pose);
    const row = Array.from(usual, (value, k) => value + seen.closed * (seen.onHead[k]! - value));
    for (const [upper, lower] of innerPairs) {
      for (let c = 0; c < 3; c++) {
        const middle = (row[upper * 3 + c]! + row[lower * 3 + c]!) / 2;
        row[upper * 3 + c] = middle;
        row[lower * 3 + c] = middle;
      }
    }
    return row;
  });
  return smoothSeries(rows, REST_REACH);
}

function smoothMeshes(loop: readonly LoopFrame[], meshes: readonly (FaceMesh | undefined)[]): Map<number, number[]> {
  const wanted = new Set(loop.flatMap(({ frame, towards }) => (towards === undefined ? [frame] : [frame, towards])));
  const smooth = new Map<number, number[]>();
  for (const f of wanted) {
    const rows = Array.from({ length: 5 }, (_, i) => (meshes[f + i - 2] ? Array.from(meshes[f + i - 2]!) : undefined));
    smooth.set(f, smoothSeries(rows, 2)[2]!);
  }
  return smooth;
}

/** Takes the clip's pictures in their order and gives the loop's, encoded. */
export class LoopPictures {
  readonly coded: Uint8Array[] = [];
  readonly needed: ReadonlySet<number>;
  /** The first frame of the loop, for the preview. */
  first: I420Picture | undefined;
  private readonly loop: readonly LoopFrame[];
  private readonly encoder;
  private readonly kept = new Map<number, I420Picture>();
  private readonly made = new Map<string, I420Picture>();
  private readonly lastUse = new Map<number, number>();

  /** Makes of a picture that of the loop's frame: closes its mouth. */
  private readonly finish: (picture: I420Picture, index: number) => I420Picture;

  constructor(loop: readonly LoopFrame[], size: PictureSize, finish: (picture: I420Picture, index: number) => I420Picture) {
    this.loop = loop;
    this.finish = finish;
    this.encoder = createLoopEncoder({ ...size, fps: CLIP_FPS, crf: CRF });
    this.needed = new Set(loop.flatMap(({ frame, towards }) => (towards === undefined ? [frame] : [frame, towards])));
    loop.forEach(({ frame, towards }, i) => {
      this.lastUse.set(frame, i);
      if (towards !== undefined) this.lastUse.set(towards, i);
    });
  }

  take(frame: number, picture: I420Picture): void {
    if (!this.needed.has(frame)) return;
    this.kept.set(frame, picture);
    for (let i = this.coded.length; i < this.loop.length; i++) {
      const { frame: one, towards, part } = this.loop[i]!;
      const here = this.kept.get(one);
      const there = towards === undefined ? here : this.kept.get(towards);
      if (!here || !there) return;
      const shown = this.finish(towards === undefined ? here : this.betweenOf(one, here, there, part), i);
      this.first ??= shown;
      this.coded.push(this.encoder.encode(shown));
      for (const used of [one, towards]) if (used !== undefined && this.lastUse.get(used) === i) this.kept.delete(used);
    }
  }

  /** A loop that goes back shows the same pictures again. */
  private betweenOf(frame: number, here: I420Picture, there: I420Picture, part: number): I420Picture {
    const key = `${frame} ${part.toFixed(3)}`;
    const made = this.made.get(key) ?? between(here, there, part);
    this.made.set(key, made);
    return made;
  }

  close(): void {
    this.encoder.close();
  }
}
