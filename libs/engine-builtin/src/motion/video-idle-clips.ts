import type { FaceTraits } from './face-traits.ts';
import { keyFrameDistance } from './idle-clips.ts';
import type { IdleClip, IdleClips } from './idle-clips.ts';
import { CHANNEL_COUNT } from './pose.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';

/** The base pictures of a video avatar: a loop, the last one goes on with the first. */
export interface BaseLoop {
  frames: number;
  fps: number;
  /** Where picture `to` may follow picture `from` beside the next one, since they match. */
  jumps?: readonly { from: number; to: number }[];
}

const SHORTEST_S = 4;
const LONGEST_S = 16;
const MOST_CLIPS = 6;
const TRIES = 120;
/** Pictures go on in their own order at least this long between two jumps. */
const RUN_S = 1;
/** Of a way that is a little longer than a whole number of key frames, up to this share of the pictures is left out. */
const MOST_LEFT_OUT = 0.03;
/** What is left out counts so much against a way. */
const WHOLE_WAYS_FIRST = 10;
const LONGEST_REPEATED_S = 48;

/**
 * The idle clips of a filmed face: ways through its base pictures from the first one back to it. The person moves and blinks as
 * filmed, so poses are at rest.
 */
export function videoIdleClips(traits: FaceTraits, fps: number, loop: BaseLoop): IdleClips {
  if (loop.frames < 1 || loop.frames > 65_536) throw new RangeError(`a base loop of ${loop.frames} pictures`);
  const walks = drawWalks(loop, createRandom((traits.idleSeed ?? 1) ^ 0x10095));
  return { fps, clips: (walks.length > 0 ? walks : [repeatedLoop(loop)]).map((walk) => clipOf(walk, fps, loop.fps)) };
}

function clipOf(walk: Uint16Array, fps: number, baseFps: number): IdleClip {
  const frames = Math.floor(walk.length / keyFrameDistance(baseFps)) * keyFrameDistance(fps);
  const bases = Uint16Array.from({ length: frames }, (_, frame) => walk[Math.floor((frame * walk.length) / frames)]!);
  return { frames, poses: new Float32Array(frames * CHANNEL_COUNT), bases };
}

/** The share of a way's pictures that its clip has no room for. */
function leftOut(pictures: number, fps: number): number {
  const key = keyFrameDistance(fps);
  return pictures < key ? 1 : (pictures % key) / pictures;
}

/** Some ways that show as many of the pictures as can be; none where the loop has no fitting way. */
function drawWalks(loop: BaseLoop, random: Random): Uint16Array[] {
  const longest = Math.max(Math.round(LONGEST_S * loop.fps), loop.frames);
  const jumps = jumpsFrom(loop);
  const back = waysBack(loop, jumps, longest);
  const lengths: number[] = [];
  for (let length = Math.round(SHORTEST_S * loop.fps); length <= longest; length++) {
    if (back[length * loop.frames] === 1 && leftOut(length, loop.fps) <= MOST_LEFT_OUT) lengths.push(length);
  }
  const candidates: Uint16Array[] = [];
  for (let i = 0; lengths.length > 0 && i < TRIES; i++) {
    const walk = drawWalk(loop, jumps, back, lengths[i % lengths.length]!, random);
    if (walk) candidates.push(walk);
  }
  return chooseWalks(candidates, loop);
}

/** Of many ways, those that show most that the ones before didn't. */
function chooseWalks(candidates: Uint16Array[], loop: BaseLoop): Uint16Array[] {
  const chosen: Uint16Array[] = [];
  const seen = new Uint8Array(loop.frames);
  const worthOf = (walk: Uint16Array) => {
    const fresh = new Set(walk.filter((picture) => seen[picture] === 0)).size;
    return (1 + fresh) / Math.sqrt(walk.length) / (1 + WHOLE_WAYS_FIRST * leftOut(walk.length, loop.fps));
  };
  while (chosen.length < MOST_CLIPS && candidates.length > 0) {
    const worth = candidates.map(worthOf);
    const [walk] = candidates.splice(worth.indexOf(Math.max(...worth)), 1);
    if (chosen.some((other) => other.length === walk!.length && other.every((picture, i) => picture === walk![i]))) continue;
    chosen.push(walk!);
    for (const picture of walk!) seen[picture] = 1;
  }
  return chosen;
}

function jumpsFrom({ frames, jumps = [] }: BaseLoop): Map<number, number[]> {
  const from = new Map<number, number[]>();
  for (const jump of jumps) {
    if (!(jump.from >= 0 && jump.from < frames && jump.to >= 0 && jump.to < frames)) throw new RangeError(`a jump from ${jump.from} to ${jump.to} in ${frames} pictures`);
    from.set(jump.from, [...(from.get(jump.from) ?? []), jump.to]);
  }
  return from;
}

/** At n × frames + f: whether the first picture can follow exactly n pictures on, f being the first of them. */
function waysBack({ frames }: BaseLoop, jumps: ReadonlyMap<number, number[]>, longest: number): Uint8Array {
  const back = new Uint8Array((longest + 1) * frames);
  back[0] = 1;
  for (let n = 1; n <= longest; n++) {
    const before = (n - 1) * frames;
    for (let f = 0; f < frames; f++) {
      const may = back[before + ((f + 1) % frames)] === 1 || jumps.get(f)?.some((to) => back[before + to] === 1);
      if (may) back[n * frames + f] = 1;
    }
  }
  return back;
}

function drawWalk(loop: BaseLoop, jumps: ReadonlyMap<number, number[]>, back: Uint8Array, length: number, random: Random): Uint16Array | undefined {
  const { frames } = loop;
  const shortestRun = RUN_S * loop.fps;
  const walk = new Uint16Array(length);
  let at = 0;
  let run = shortestRun;
  for (let i = 0; i < length; i++) {
    walk[i] = at;
    const left = (length - i - 1) * frames;
    const next = (at + 1) % frames;
    const targets = (jumps.get(at) ?? []).filter((to) => back[left + to] === 1);
    const mayGoOn = back[left + next] === 1;
    if (targets.length > 0 && (!mayGoOn || (run >= shortestRun && random() < 0.4))) {
      if (run < shortestRun) return undefined;
      at = targets[Math.floor(random() * targets.length)]!;
      run = 0;
    } else {
      at = next;
      run++;
    }
  }
  return walk;
}

/** The loop several times over, so often that it nearly is a whole number of key frames. */
function repeatedLoop({ frames, fps }: BaseLoop): Uint16Array {
  let best = Math.ceil(keyFrameDistance(fps) / frames) * frames;
  for (let pictures = best; pictures <= Math.max(LONGEST_REPEATED_S * fps, 2 * frames) && leftOut(best, fps) > MOST_LEFT_OUT; pictures += frames) {
    if (leftOut(pictures, fps) < leftOut(best, fps)) best = pictures;
  }
  return Uint16Array.from({ length: best }, (_, i) => i % frames);
}
