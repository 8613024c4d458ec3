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
/** All clips together; no more are added then. */
const ENOUGH_S = 60;
const TRIES = 120;
/** Pictures go on in their own order at least this long between two jumps. */
const RUN_S = 1;
/** How often a jump is taken that may be. */
const JUMP_SHARE = 0.4;
/** Of a way that is a little longer than a whole number of key frames, up to this share of the pictures is left out. */
const MOST_LEFT_OUT = 0.03;
/** Pictures that were seen in another order are worth this part of new ones. */
const SEEN_COUNTS = 0.2;
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
  const ways = new Ways(loop, Math.round(LONGEST_S * loop.fps));
  const lengths: number[] = [];
  for (let length = Math.round(SHORTEST_S * loop.fps); length <= ways.longest; length++) {
    if (ways.leadBack(length, 0) && leftOut(length, loop.fps) <= MOST_LEFT_OUT) lengths.push(length);
  }
  const candidates = Array.from({ length: lengths.length > 0 ? TRIES : 0 }, (_, i) => ways.draw(lengths[i % lengths.length]!, random));
  // The loop as it is shows everything.
  if (leftOut(loop.frames, loop.fps) <= MOST_LEFT_OUT) candidates.unshift(Uint16Array.from({ length: loop.frames }, (_, i) => i));
  return chooseWalks(candidates, loop);
}

/** Of many ways, those that show most that the ones before didn't. */
function chooseWalks(candidates: Uint16Array[], loop: BaseLoop): Uint16Array[] {
  const chosen: Uint16Array[] = [];
  const seen = new Uint8Array(loop.frames);
  const worthOf = (walk: Uint16Array) => {
    const fresh = new Set(walk.filter((picture) => seen[picture] === 0)).size;
    return (fresh + SEEN_COUNTS * walk.length) / Math.sqrt(walk.length) / (1 + WHOLE_WAYS_FIRST * leftOut(walk.length, loop.fps));
  };
  let pictures = 0;
  while (pictures < ENOUGH_S * loop.fps && candidates.length > 0) {
    const worth = candidates.map(worthOf);
    const [walk] = candidates.splice(worth.indexOf(Math.max(...worth)), 1);
    if (chosen.some((other) => other.length === walk!.length && other.every((picture, i) => picture === walk![i]))) continue;
    chosen.push(walk!);
    pictures += walk!.length;
    for (const picture of walk!) seen[picture] = 1;
  }
  return chosen;
}

/** All ways through a loop that jump only after a run of pictures in their own order. */
class Ways {
  readonly longest: number;
  private readonly frames: number;
  private readonly run: number;
  private readonly jumps: readonly (readonly number[])[];
  /** At n × frames + f: whether the first picture can follow exactly n pictures, of which f is the first. */
  private readonly back: Uint8Array;

  constructor({ frames, fps, jumps = [] }: BaseLoop, longest: number) {
    const from: number[][] = Array.from({ length: frames }, () => []);
    for (const jump of jumps) {
      if (!(jump.from >= 0 && jump.from < frames && jump.to >= 0 && jump.to < frames)) throw new RangeError(`a jump from ${jump.from} to ${jump.to} in ${frames} pictures`);
      from[jump.from]!.push(jump.to);
    }
    this.frames = frames;
    this.longest = longest;
    this.run = Math.round(RUN_S * fps);
    this.jumps = from;
    this.back = new Uint8Array((longest + 1) * frames);
    this.back[0] = 1;
    for (let n = 1; n <= longest; n++) {
      for (let f = 0; f < frames; f++) {
        if (this.leadBack(n - 1, (f + 1) % frames) || from[f]!.some((to) => this.landsBack(n - 1, to))) this.back[n * frames + f] = 1;
      }
    }
  }

  leadBack(pictures: number, first: number): boolean {
    return this.back[pictures * this.frames + first] === 1;
  }

  /** One of the ways of a length that leads back. */
  draw(length: number, random: Random): Uint16Array {
    const walk = new Uint16Array(length);
    let at = 0;
    let run = this.run;
    for (let i = 0; i < length; i++) {
      walk[i] = at;
      run++;
      const left = length - i - 1;
      const next = (at + 1) % this.frames;
      const targets = run > this.run ? this.jumps[at]!.filter((to) => this.landsBack(left, to)) : [];
      if (targets.length === 0 || (this.leadBack(left, next) && random() > JUMP_SHARE)) at = next;
      else {
        at = targets[Math.floor(random() * targets.length)]!;
        run = 0;
      }
    }
    return walk;
  }

  /** The same as `leadBack` for a picture that was jumped to, from which a run must come. */
  private landsBack(pictures: number, first: number): boolean {
    if (pictures <= this.run) return (first + pictures) % this.frames === 0;
    return this.leadBack(pictures - this.run, (first + this.run) % this.frames);
  }
}

/** The loop several times over, so often that it nearly is a whole number of key frames. */
function repeatedLoop({ frames, fps }: BaseLoop): Uint16Array {
  let best = Math.ceil(keyFrameDistance(fps) / frames) * frames;
  for (let pictures = best; pictures <= Math.max(LONGEST_REPEATED_S * fps, 2 * frames) && leftOut(best, fps) > MOST_LEFT_OUT; pictures += frames) {
    if (leftOut(pictures, fps) < leftOut(best, fps)) best = pictures;
  }
  return Uint16Array.from({ length: best }, (_, i) => i % frames);
}
