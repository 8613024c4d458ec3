import { setImmediate as yieldToOthers } from 'node:timers/promises';
import sharp from 'sharp';
import { allocateI420 } from '@visavis/engine';
import type { AvatarStream, I420Picture, IdlePainter, LoadedAvatar, PictureSize, StreamOptions } from '@visavis/engine';
import { ownInference, VisemeStream } from '@visavis/viseme-net';
import type { InferenceConnection } from '@visavis/viseme-net';
import { unpackBundle } from './bundle/container.ts';
import { partNames } from './bundle/parts.ts';
import { faceGeometry, smoothstep } from './face/face-geometry.ts';
import { frameCrop } from './face/framing.ts';
import { LANDMARK_COUNT, transformMesh } from './face/landmarks.ts';
import type { FaceMesh } from './face/landmarks.ts';
import { motionLookAheadMs, MotionSource } from './motion/motion-source.ts';
import type { FaceTraits } from './motion/motion-source.ts';
import { restPose } from './motion/pose.ts';
import { CELL, FaceRenderer } from './render/face-renderer.ts';
import { cropAndScale } from './render/plane-scaling.ts';
import type { Plane } from './render/plane-scaling.ts';
import { makeTexture, rgbToPlanes } from './render/texture.ts';

/** What sessions use unless they ask for something else. */
const USUAL_FRAME: PictureSize = { width: 512, height: 512 };

interface Master {
  y: Plane;
  u: Plane;
  v: Plane;
  mesh: FaceMesh;
  yawDegrees: number;
  /** Factor on the jaw: see fitMouthGain. */
  mouthGain: number;
}

/** How a face's streams reach the lip sync network. */
export interface Hearing {
  /** Without it, this process gets an inference thread of its own with the first stream. */
  inference?: InferenceConnection;
  /** How long a frame may wait for the network's answer; without it as long as it takes, which makes frames repeatable. */
  patienceMs?: number;
}

/** @throws Error when the bundle is damaged, or made by another engine or version. */
export async function loadFace(bundle: Uint8Array, identity: { engine: string; engineVersion: string }, hearing: Hearing = {}): Promise<LoadedFace> {
  const { engine, engineVersion, facts, parts } = unpackBundle(bundle);
  if (engine !== identity.engine || engineVersion !== identity.engineVersion) {
    throw new Error(`the bundle was made by ${engine} ${engineVersion}, this is ${identity.engine} ${identity.engineVersion}: prepare the avatar again`);
  }
  const jpeg = parts.get(partNames.master);
  const meshBytes = parts.get(partNames.mesh);
  if (!jpeg || meshBytes?.byteLength !== LANDMARK_COUNT * 3 * 4 || typeof facts.yawDegrees !== 'number' || typeof facts.mouthGain !== 'number') {
    throw new Error('avatar bundle is damaged: a part is missing');
  }
  const { data, info } = await sharp(jpeg).toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { yawDegrees, mouthGain } = facts;
  const master: Master = { ...rgbToPlanes(data, info.width, info.height), mesh: readFloats(meshBytes), yawDegrees, mouthGain };
  const face = new LoadedFace(master, hearing);
  await face.warm(USUAL_FRAME);
  return face;
}

export class LoadedFace implements LoadedAvatar {
  private readonly master: Master;
  private readonly hearing: Hearing;
  private readonly renderers = new Map<string, FaceRenderer>();

  constructor(master: Master, hearing: Hearing) {
    this.master = master;
    this.hearing = hearing;
  }

  get memoryBytes(): number {
    let bytes = this.master.y.data.byteLength * 1.5;
    for (const renderer of this.renderers.values()) bytes += renderer.memoryBytes;
    return bytes;
  }

  /** Makes the renderer of a frame size without holding up the event loop. */
  async warm(frame: PictureSize): Promise<void> {
    const key = sizeKey(frame);
    if (!this.renderers.has(key)) this.renderers.set(key, await inTurns(rendererSteps(this.master, frame)));
  }

  open(options: StreamOptions): AvatarStream {
    if (options.width % 2 !== 0 || options.height % 2 !== 0) throw new RangeError('a frame needs even sides');
    const renderer = this.rendererFor(options);
    const sound = new VisemeStream(this.hearing.inference ?? ownInference(), this.hearing.patienceMs);
    return new FaceStream(renderer, sound, options, { mouthGain: this.master.mouthGain, sway: swayOf(this.master.yawDegrees) });
  }

  idleClips(): readonly number[] {
    return [];
  }

  idlePainter(): IdlePainter {
    throw new Error('this engine has no idle clips');
  }

  get handle(): unknown {
    throw new Error('this engine does not share its avatars between threads');
  }

  close(): void {
    this.renderers.clear();
  }

  /** The renderer of one frame size, shared by all streams; one that `warm` didn't make takes 50 to 150 ms. */
  rendererFor({ width, height }: PictureSize): FaceRenderer {
    const key = sizeKey({ width, height });
    let renderer = this.renderers.get(key);
    if (!renderer) {
      renderer = atOnce(rendererSteps(this.master, { width, height }));
      this.renderers.set(key, renderer);
    }
    return renderer;
  }
}

/** The picture of a turned head is moved less: what it doesn't show would come into view. */
function swayOf(yawDegrees: number): number {
  return 1 - 0.65 * smoothstep(12, 30, Math.abs(yawDegrees));
}

function sizeKey({ width, height }: PictureSize): string {
  return `${width}x${height}`;
}

/** In steps, as FaceRenderer.build. */
function* rendererSteps(master: Master, frame: PictureSize): Generator<void, FaceRenderer> {
  const crop = frameCrop({ width: master.y.width, height: master.y.height }, master.mesh, frame);
  const scale = frame.width / crop.width;
  const width = Math.ceil(frame.width / CELL) * CELL;
  const height = Math.ceil(frame.height / CELL) * CELL;
  const wide = { ...crop, width: width / scale, height: height / scale };
  const half = { left: wide.left / 2, top: wide.top / 2, width: wide.width / 2, height: wide.height / 2 };
  const y = cropAndScale(master.y, wide, width, height);
  yield;
  const u = cropAndScale(master.u, half, width / 2, height / 2);
  const v = cropAndScale(master.v, half, width / 2, height / 2);
  yield;
  const texture = makeTexture(y, u, v);
  yield;
  return yield* FaceRenderer.build(faceGeometry(transformMesh(master.mesh, -crop.left, -crop.top, scale), master.yawDegrees), texture);
}

function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await yieldToOthers();
  }
}

class FaceStream implements AvatarStream {
  readonly lookAheadMs: number;
  readonly idle = false;
  readonly idleClip = 0;
  readonly idleFrame = 0;
  private readonly renderer: FaceRenderer;
  private readonly sound: VisemeStream;
  private readonly motion: MotionSource;
  private readonly pose = restPose();
  private readonly frameSize: PictureSize;
  /** Where frames are drawn whose sides are not whole cells. */
  private readonly aligned: I420Picture | undefined;

  constructor(renderer: FaceRenderer, sound: VisemeStream, options: StreamOptions, traits: FaceTraits) {
    this.renderer = renderer;
    this.sound = sound;
    this.lookAheadMs = motionLookAheadMs(options.fps);
    this.motion = new MotionSource(sound, options.seed, traits);
    this.frameSize = { width: options.width, height: options.height };
    const { width, height } = renderer.size;
    if (width !== options.width || height !== options.height) this.aligned = allocateI420({ width, height });
  }

  push(atSample48k: number, pcm16k: Float32Array): void {
    this.motion.push(atSample48k, pcm16k);
  }

  shape(atSample48k: number, params: Float32Array): void {
    this.motion.shape(atSample48k, params);
  }

  truncate(atSample48k: number): void {
    this.motion.truncate(atSample48k);
  }

  frame(atSample48k: number, out: I420Picture): void {
    if (out.width !== this.frameSize.width || out.height !== this.frameSize.height) throw new RangeError('the picture has another size than the stream');
    this.motion.poseAt(atSample48k, this.pose);
    this.renderer.render(this.pose, this.aligned ?? out);
    if (this.aligned) cutTo(this.aligned, out);
  }

  skip(): void {
    throw new Error('this engine is never idle');
  }

  visemeAt(atSample48k: number): number {
    return this.motion.visemeAt(atSample48k);
  }

  get guessedFrames(): number {
    return this.motion.guessedFrames;
  }

  close(): void {
    this.sound.close();
  }
}

function cutTo(from: I420Picture, to: I420Picture): void {
  cutPlane(from.data, 0, from.width, to.data, 0, to.width, to.height);
  const fromLuma = from.width * from.height;
  const toLuma = to.width * to.height;
  for (let plane = 0; plane < 2; plane++) {
    cutPlane(from.data, fromLuma + (plane * fromLuma) / 4, from.width / 2, to.data, toLuma + (plane * toLuma) / 4, to.width / 2, to.height / 2);
  }
}

function cutPlane(from: Uint8Array, fromStart: number, fromStride: number, to: Uint8Array, toStart: number, width: number, height: number): void {
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) to[toStart + row * width + x] = from[fromStart + row * fromStride + x]!;
  }
}

function readFloats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getFloat32(i * 4, true));
}
