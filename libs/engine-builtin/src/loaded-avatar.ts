import { createHash } from 'node:crypto';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { backgroundKey, drawnSize } from '@visavis/engine';
import type { AvatarStream, Background, Cue, FrameOptions, I420Picture, IdlePainter, LoadedAvatar, LoadOptions, PictureSize, StreamOptions } from '@visavis/engine';
import { ownInference, VisemeStream } from '@visavis/viseme-net';
import type { InferenceConnection } from '@visavis/viseme-net';
import { unpackAvatar } from './bundle/avatar-bundle.ts';
import { smoothstep } from './face/face-geometry.ts';
import { Arena } from './kernel/arena.ts';
import { kernelsOn } from './kernel/kernels.ts';
import type { Kernels } from './kernel/kernels.ts';
import type { SharedMemory } from './kernel/web-assembly.ts';
import { photoIdleClips, videoIdleClips } from './motion/idle-clips.ts';
import type { BaseLoop, IdleClips } from './motion/idle-clips.ts';
import { motionLookAheadMs, MotionSource } from './motion/motion-source.ts';
import type { FaceTraits } from './motion/motion-source.ts';
import { CHANNEL_COUNT, restPose } from './motion/pose.ts';
import { StoreRenderer } from './render/store-renderer.ts';
import { stageAvatar, unstage } from './stage/stage-avatar.ts';
import type { StagedAvatar } from './stage/staged-avatar.ts';

/** What sessions use unless they ask for something else. */
const USUAL_FRAME: PictureSize = { width: 512, height: 512 };

/** What streams of all avatars share. */
export interface EngineOptions {
  /** How sound reaches the lip sync network; without it, this process gets an inference thread of its own with the first stream. */
  inference?: InferenceConnection;
  /** How long a frame may wait for the network's answer; without it as long as it takes, which makes frames repeatable. */
  patienceMs?: number;
  /** `createEngineMemory()` of the process's first thread: avatars lie in it once for all that have it. Without it, this engine has its own. */
  memory?: EngineMemory;
}

/** Can be sent to other threads. */
export type EngineMemory = SharedMemory;

export function createEngineMemory(): EngineMemory {
  return new Arena().memory;
}

/** The memory and the pixel loops on it, one of each per engine. */
export class Workshop {
  readonly arena: Arena;
  readonly kernels: Kernels;
  readonly options: EngineOptions;

  constructor(options: EngineOptions) {
    this.options = options;
    this.arena = new Arena(options.memory);
    this.kernels = kernelsOn(this.arena);
  }
}

/** What another thread needs to draw an avatar: plain data. */
interface Handle {
  kind: 'visavis-builtin';
  staged: StagedAvatar;
  frame: PictureSize;
  background: string;
  traits: FaceTraits;
  loop: BaseLoop | undefined;
}

/** @throws Error when the bundle is damaged, or made by another engine or version. */
export async function loadAvatar(bundle: Uint8Array, identity: { engine: string; engineVersion: string }, workshop: Workshop, frame: LoadOptions = USUAL_FRAME): Promise<StagedFace> {
  if (frame.width % 2 !== 0 || frame.height % 2 !== 0) throw new RangeError('a frame needs even sides');
  const avatar = unpackAvatar(bundle, identity);
  const { width, height, background } = frame;
  const staged = await stageAvatar(avatar, frame, workshop.arena, yieldToOthers);
  const { mouthGain, yawDegrees, base } = avatar;
  const loop = base.frames > 1 ? { frames: base.frames, fps: base.fps, jumps: base.jumps } : undefined;
  return new StagedFace({ kind: 'visavis-builtin', staged, frame: { width, height }, background: backgroundKey(background), traits: { mouthGain, sway: swayOf(yawDegrees), idleSeed: seedOf(base.coded[0]!) }, loop }, workshop, true);
}

/** @throws Error when the handle is none of this engine. */
export function adoptAvatar(handle: unknown, workshop: Workshop): StagedFace {
  if ((handle as Handle | undefined)?.kind !== 'visavis-builtin') throw new Error('this is no avatar of the built-in engine');
  return new StagedFace(handle as Handle, workshop, false);
}

/** Every avatar has idle clips of its own, the same in all threads and workers, and those of its picture however it was cut out. */
function seedOf(picture: Uint8Array): number {
  return createHash('sha256').update(picture).digest().readUInt32LE(0);
}

/** The picture of a turned head is moved less: what it doesn't show would come into view. */
function swayOf(yawDegrees: number): number {
  return 1 - 0.65 * smoothstep(12, 30, Math.abs(yawDegrees));
}

export class StagedFace implements LoadedAvatar {
  readonly handle: Handle;
  private readonly workshop: Workshop;
  private readonly owner: boolean;
  private readonly clips = new Map<number, IdleClips>();

  constructor(handle: Handle, workshop: Workshop, owner: boolean) {
    this.handle = handle;
    this.workshop = workshop;
    this.owner = owner;
  }

  get memoryBytes(): number {
    return this.handle.staged.bytes;
  }

  open(options: StreamOptions): AvatarStream {
    const { inference, patienceMs } = this.workshop.options;
    const renderer = this.openRenderer(options);
    const sound = new VisemeStream(inference ?? ownInference(), patienceMs);
    return new FaceStream(renderer, sound, options, this.handle.traits, this.idleClipsAt(options.fps));
  }

  idleClips(fps: number): readonly number[] {
    return this.idleClipsAt(fps).clips.map(({ frames }) => frames);
  }

  idlePainter(options: FrameOptions): IdlePainter {
    const renderer = this.openRenderer(options);
    const { clips } = this.idleClipsAt(options.fps);
    const pose = restPose();
    return {
      draw(clip, frame, out) {
        const { poses, bases } = clips[clip]!;
        for (let i = 0; i < CHANNEL_COUNT; i++) pose[i] = poses[frame * CHANNEL_COUNT + i]!;
        renderer.render(pose, bases[frame]!, out);
      },
      close: () => renderer.close(),
    };
  }

  close(): void {
    if (this.owner) unstage(this.handle.staged, this.workshop.arena);
  }

  /** Draws any pose; to be closed by its taker. */
  openRenderer({ width, height, background }: PictureSize & { background?: Background }): StoreRenderer {
    const { frame, staged } = this.handle;
    if (backgroundKey(background) !== this.handle.background) throw new RangeError(`the avatar was loaded for the background ${this.handle.background}, not ${backgroundKey(background)}`);
    if (width !== frame.width || height !== frame.height) throw new RangeError(`the avatar was loaded for frames of ${frame.width}x${frame.height}, not ${width}x${height}`);
    return new StoreRenderer(staged, frame, this.workshop.arena, this.workshop.kernels);
  }

  private idleClipsAt(fps: number): IdleClips {
    let clips = this.clips.get(fps);
    if (!clips) {
      const { traits, loop } = this.handle;
      clips = loop ? videoIdleClips(traits, fps, loop) : photoIdleClips(traits, fps);
      this.clips.set(fps, clips);
    }
    return clips;
  }
}

class FaceStream implements AvatarStream {
  readonly lookAheadMs: number;
  private readonly renderer: StoreRenderer;
  private readonly sound: VisemeStream;
  private readonly motion: MotionSource;
  private readonly pose = restPose();
  private readonly frameSize: PictureSize;

  constructor(renderer: StoreRenderer, sound: VisemeStream, options: StreamOptions, traits: FaceTraits, clips: IdleClips) {
    this.renderer = renderer;
    this.sound = sound;
    this.lookAheadMs = motionLookAheadMs(options.fps);
    this.motion = new MotionSource(sound, options.seed, traits, clips);
    this.frameSize = drawnSize(options);
  }

  push(atSample48k: number, pcm16k: Float32Array): void {
    this.motion.push(atSample48k, pcm16k);
  }

  shape(atSample48k: number, params: Float32Array): void {
    this.motion.shape(atSample48k, params);
  }

  act(atSample48k: number, cue: Cue): void {
    this.motion.act(atSample48k, cue);
  }

  truncate(atSample48k: number): void {
    this.motion.truncate(atSample48k);
  }

  frame(atSample48k: number, out: I420Picture): void {
    if (out.width !== this.frameSize.width || out.height !== this.frameSize.height) throw new RangeError('the picture has another size than the stream');
    this.motion.poseAt(atSample48k, this.pose);
    this.renderer.render(this.pose, this.motion.base, out);
  }

  skip(atSample48k: number): void {
    this.motion.skip(atSample48k);
  }

  get idle(): boolean {
    return this.motion.idle;
  }

  get idleClip(): number {
    return this.motion.idleClip;
  }

  get idleFrame(): number {
    return this.motion.idleFrame;
  }

  visemeAt(atSample48k: number): number {
    return this.motion.visemeAt(atSample48k);
  }

  get guessedFrames(): number {
    return this.motion.guessedFrames;
  }

  close(): void {
    this.sound.close();
    this.renderer.close();
  }
}
