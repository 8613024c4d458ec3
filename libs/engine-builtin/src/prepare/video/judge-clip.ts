import { PrepareError } from '@visavis/engine';
import type { PictureSize } from '@visavis/engine';
import { eyeDistance, meshBounds, xOf, yOf } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { CLIP_FPS, median } from './clip-survey.ts';
import type { HeadModel } from './head-model.ts';
import { thumbDifference } from './frame-signs.ts';
import type { TrackedFrame } from './track-clip.ts';

/** Seconds of use in one piece, or there is no loop. */
const MIN_STRETCH_S = 2;
const MAX_YAW_DEGREES = 32;
const MAX_PITCH_DEGREES = 28;
/** A cut changes the whole picture at once: this much of 255, and this many times as much as its neighbours. */
const CUT_DIFFERENCE = 12;
const CUT_TIMES = 5;
const AROUND_CUT = 8;
const LEAST_CHANGE = 0.4;
/**
 * A cut within one take: the face is elsewhere at once (distances between the eyes), this many times as far as in any frame just before or
 * after, and the picture changes with it. Frames that a camera dropped double a motion, no more.
 */
const FACE_JUMP = 0.1;
const JUMP_TIMES = 2.9;
/** What was smoothed over it is of no use. */
const AROUND_TAKE = 3;
/** Of the usual detail. */
const BLURRED = 0.3;
/** Part of a face's height that may be outside the picture. */
const OUTSIDE = 0.05;

export type Fault = 'no_face' | 'company' | 'turned_away' | 'outside' | 'blurred' | 'covered' | 'at_cut' | 'other_scene';

export interface Stretch {
  from: number;
  /** The first frame that is no longer in it. */
  to: number;
}

export interface ClipVerdict {
  /** Of each frame: what is wrong with it. */
  faults: (Fault | undefined)[];
  /** Good frames in one piece, longest first. */
  stretches: Stretch[];
  warnings: string[];
}

/** @throws PrepareError where too little of the clip is of use, with what to film instead. */
export function judgeClip(frames: readonly TrackedFrame[], model: HeadModel, size: PictureSize, covered: readonly boolean[]): ClipVerdict {
  const sharp = median(frames.filter(({ mesh }) => mesh).map(({ sharpness }) => sharpness));
  const { scenes: cuts, takes } = cutsOf(frames);
  const faults = frames.map((frame, f): Fault | undefined => {
    const pose = model.poses[f];
    if (!frame.mesh || !pose) return 'no_face';
    if (frame.company) return 'company';
    const degrees = pose.angles.map((angle) => (Math.abs(angle) * 180) / Math.PI);
    if (degrees[0]! > MAX_YAW_DEGREES || degrees[1]! > MAX_PITCH_DEGREES) return 'turned_away';
    const { left, right, top, bottom } = meshBounds(frame.mesh);
    const room = OUTSIDE * (bottom - top);
    if (left < -room || right > size.width + room || top < -room || bottom > size.height + room) return 'outside';
    if (covered[f]) return 'covered';
    if (frame.sharpness < BLURRED * sharp) return 'blurred';
    return takes.some((take) => f >= take - AROUND_TAKE && f < take + AROUND_TAKE) ? 'at_cut' : undefined;
  });
  const scenes = scenesOf(frames.length, cuts);
  const scene = scenes.reduce((best, one) => (goodIn(faults, one) > goodIn(faults, best) ? one : best));
  faults.forEach((fault, f) => {
    if (!fault && (f < scene.from || f >= scene.to)) faults[f] = 'other_scene';
  });
  const stretches = stretchesOf(faults).sort((a, b) => b.to - b.from - (a.to - a.from));
  const longest = stretches[0];
  if (!longest || longest.to - longest.from < MIN_STRETCH_S * CLIP_FPS) throw refusal(faults);
  return { faults, stretches, warnings: warningsOf(faults) };
}

/** Frames that begin another scene, where the whole picture changes at once; and those at which something was cut out of one, where the face jumps. */
function cutsOf(frames: readonly TrackedFrame[]): { scenes: number[]; takes: number[] } {
  const changes = frames.map((frame, f) => (f === 0 ? 0 : thumbDifference(frame.thumb, frames[f - 1]!.thumb)));
  const jumps = frames.map((frame, f) => (f > 0 && frame.mesh && frames[f - 1]!.mesh ? faceJump(frame.mesh, frames[f - 1]!.mesh!) : 0));
  const usual = (values: readonly number[], f: number): number => median(values.flatMap((value, i) => (i > 0 && i !== f && Math.abs(i - f) <= AROUND_CUT ? [value] : [])));
  const most = (values: readonly number[], f: number): number => Math.max(...[-2, -1, 1, 2].map((k) => values[f + k] ?? 0));
  const cuts = { scenes: [] as number[], takes: [] as number[] };
  changes.forEach((change, f) => {
    if (f === 0) return;
    const changed = change > CUT_DIFFERENCE && change > CUT_TIMES * Math.max(LEAST_CHANGE, usual(changes, f));
    const jumped = jumps[f]! > FACE_JUMP && jumps[f]! > JUMP_TIMES * most(jumps, f) && change > JUMP_TIMES * Math.max(LEAST_CHANGE, most(changes, f));
    if (changed) cuts.scenes.push(f);
    else if (jumped) cuts.takes.push(f);
  });
  return cuts;
}

/** How far the face goes, in distances between its eyes. */
function faceJump(mesh: FaceMesh, before: FaceMesh): number {
  const indices = [33, 263, 1, 10, 152];
  const way = indices.reduce((sum, i) => sum + Math.hypot(xOf(mesh, i) - xOf(before, i), yOf(mesh, i) - yOf(before, i)), 0) / indices.length;
  return way / Math.max(1, eyeDistance(mesh));
}

function scenesOf(length: number, cuts: readonly number[]): Stretch[] {
  const borders = [0, ...cuts, length];
  return borders.slice(1).map((to, i) => ({ from: borders[i]!, to }));
}

function goodIn(faults: readonly (Fault | undefined)[], { from, to }: Stretch): number {
  return faults.slice(from, to).filter((fault) => fault === undefined).length;
}

function stretchesOf(faults: readonly (Fault | undefined)[]): Stretch[] {
  const stretches: Stretch[] = [];
  let from: number | undefined;
  for (let f = 0; f <= faults.length; f++) {
    const good = f < faults.length && faults[f] === undefined;
    if (good) from ??= f;
    else if (from !== undefined) {
      stretches.push({ from, to: f });
      from = undefined;
    }
  }
  return stretches;
}

const sayings: Record<Fault, { seen: string; advice: string }> = {
  no_face: { seen: 'without a face', advice: 'keep the face in the picture all the time' },
  company: { seen: 'with a second person', advice: 'film one person alone' },
  turned_away: { seen: 'with the head turned away', advice: 'look into the camera, turning the head only a little' },
  outside: { seen: 'with the face cut off by the picture’s edge', advice: 'keep the whole head in the picture' },
  blurred: { seen: 'that are blurred', advice: 'hold the camera still and film in good light' },
  covered: { seen: 'with something before the mouth', advice: 'keep hands and things away from the face' },
  at_cut: { seen: 'around cuts', advice: 'film in one take, without cuts' },
  other_scene: { seen: 'behind a cut', advice: 'film in one take, without cuts' },
};

function secondsOf(faults: readonly (Fault | undefined)[], fault: Fault): number {
  return Math.round((faults.filter((one) => one === fault).length / CLIP_FPS) * 10) / 10;
}

function warningsOf(faults: readonly (Fault | undefined)[]): string[] {
  return (Object.keys(sayings) as Fault[]).flatMap((fault) => {
    const seconds = secondsOf(faults, fault);
    return seconds >= 0.4 ? [`${seconds} s ${sayings[fault].seen} are not used`] : [];
  });
}

function refusal(faults: readonly (Fault | undefined)[]): PrepareError {
  const worst = (Object.keys(sayings) as Fault[]).sort((a, b) => secondsOf(faults, b) - secondsOf(faults, a))[0]!;
  const code = { no_face: 'no_face', company: 'several_faces', turned_away: 'face_turned_away', outside: 'face_cut_off', blurred: 'clip_blurred', covered: 'face_covered', at_cut: 'clip_has_cuts', other_scene: 'clip_has_cuts' } as const;
  return new PrepareError(code[worst], `No ${MIN_STRETCH_S} seconds of the video in one piece can be used: ${secondsOf(faults, worst)} s ${sayings[worst].seen}. Please ${sayings[worst].advice}.`);
}
