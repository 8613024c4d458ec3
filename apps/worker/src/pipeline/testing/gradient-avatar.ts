import { backgroundKey, drawnSize, type AvatarEngine, type AvatarStream, type Cue, type I420Picture, type LoadedAvatar, type LoadOptions, type StreamOptions } from '@visavis/engine';

/** What a stream was told, in order. */
export interface HeardPush {
  atSample48k: number;
  /** Root mean square of the piece. */
  level: number;
  length: number;
}

export interface GradientAvatar extends LoadedAvatar {
  readonly pushes: HeardPush[];
  /** The first parameter of each mouth that was known. */
  readonly shapes: { atSample48k: number; jaw: number }[];
  readonly acts: { atSample48k: number; cue: Cue }[];
  readonly truncations: number[];
  /** Times that were drawn, and those that were skipped. */
  readonly frames: number[];
  readonly skips: number[];
  failAtFrame: number;
  closed: number;
}

/** Of its two idle clips, which take turns. */
export const GRADIENT_CLIP_SECONDS = [2, 4] as const;
const GRADIENT_LOOK_AHEAD_MS = 60;
/** So long after sound and gestures it is idle again. */
const EASE_SAMPLES = 9600;
const GESTURE_SAMPLES = 24_000;

/** A stand-in for tests: a gradient that moves with the idle clips and is brighter while it speaks or acts, and a record of every call. */
export function createGradientAvatar(lookAheadMs = GRADIENT_LOOK_AHEAD_MS): GradientAvatar {
  const avatar: GradientAvatar = {
    memoryBytes: 1000,
    pushes: [],
    shapes: [],
    acts: [],
    truncations: [],
    frames: [],
    skips: [],
    failAtFrame: -1,
    closed: 0,
    open: (options) => openStream(avatar, options, lookAheadMs),
    idleClips: (fps) => GRADIENT_CLIP_SECONDS.map((seconds) => seconds * fps),
    idlePainter: () => ({ draw: (clip, frame, out) => drawGradient(out, clip, frame, 0), close: () => undefined }),
    handle: { gradient: lookAheadMs },
    close: () => undefined,
  };
  return avatar;
}

/** The engine of such avatars; a bundle of one byte 13 makes one that breaks at the tenth picture. */
export const gradientEngine: AvatarEngine = {
  name: 'gradient',
  version: '1',
  prepare: () => Promise.reject(new Error('the gradient needs no preparation')),
  load: (bundle, loaded) => (bundle.length === 0 ? Promise.reject(new Error('an empty bundle')) : Promise.resolve(gradientOf({ failAtFrame: bundle[0] === 13 ? 10 : -1, loaded }))),
  adopt: (handle) => gradientOf(handle as GradientHandle),
};

interface GradientHandle {
  failAtFrame: number;
  loaded: LoadOptions | undefined;
}

/** As the built-in engine, it opens only what it was loaded for. */
function gradientOf(handle: GradientHandle): LoadedAvatar {
  const avatar = createGradientAvatar();
  const { loaded } = handle;
  return Object.assign(avatar, {
    ...{ failAtFrame: handle.failAtFrame, handle },
    open(options: StreamOptions) {
      const { width, height, background } = options;
      if (loaded && (width !== loaded.width || height !== loaded.height || backgroundKey(background) !== backgroundKey(loaded.background))) {
        throw new RangeError('the avatar was loaded for other pictures');
      }
      return openStream(avatar, options, GRADIENT_LOOK_AHEAD_MS);
    },
  });
}

function openStream(avatar: GradientAvatar, options: StreamOptions, lookAheadMs: number): AvatarStream {
  const { fps, seed } = options;
  const size = drawnSize(options);
  const clips = avatar.idleClips(fps);
  let heardUntil = 0;
  let newest = -Infinity;
  let loudUntil = -Infinity;
  let acting = -Infinity;
  let idleClip = 0;
  let idleFrame = 0;
  let idle = true;
  const busyUntil = (): number => Math.max(loudUntil, acting);
  const moveTo = (atSample48k: number): void => {
    if (atSample48k < newest) throw new Error(`time goes back from ${newest} to ${atSample48k}`);
    newest = atSample48k;
    const index = Math.round((atSample48k * fps) / 48_000);
    idleClip = seed % 2;
    idle = newest >= busyUntil();
    for (idleFrame = index % (clips[0]! + clips[1]!); idleFrame >= clips[idleClip]!; idleClip = 1 - idleClip) idleFrame -= clips[idleClip]!;
  };
  return {
    lookAheadMs,
    push(atSample48k, pcm16k) {
      if (atSample48k !== heardUntil) throw new Error(`audio at ${atSample48k}, expected ${heardUntil}`);
      heardUntil = atSample48k + pcm16k.length * 3;
      const level = Math.sqrt(pcm16k.reduce((sum, value) => sum + value * value, 0) / pcm16k.length);
      if (level > 0) loudUntil = heardUntil + EASE_SAMPLES;
      avatar.pushes.push({ atSample48k, level, length: pcm16k.length });
    },
    shape(atSample48k, params) {
      if (atSample48k !== heardUntil) throw new Error(`a mouth at ${atSample48k}, expected ${heardUntil}`);
      avatar.shapes.push({ atSample48k, jaw: params[0]! });
    },
    act(atSample48k, cue) {
      if (atSample48k <= newest) throw new Error(`a cue at ${atSample48k}, drawn until ${newest}`);
      avatar.acts.push({ atSample48k, cue });
      if (cue.type === 'expression') acting = cue.expression === 'neutral' ? atSample48k + EASE_SAMPLES : Infinity;
      else acting = Math.max(acting, atSample48k + GESTURE_SAMPLES);
    },
    truncate(atSample48k) {
      heardUntil = atSample48k;
      loudUntil = Math.min(loudUntil, atSample48k + EASE_SAMPLES);
      avatar.truncations.push(atSample48k);
    },
    frame(atSample48k, out) {
      if (avatar.frames.length === avatar.failAtFrame) throw new Error('the engine broke');
      if (heardUntil < atSample48k + lookAheadMs * 48) throw new Error(`frame at ${atSample48k} with audio until ${heardUntil}`);
      if (out.width !== size.width || out.height !== size.height) throw new Error('a picture of another size');
      moveTo(atSample48k);
      avatar.frames.push(atSample48k);
      drawGradient(out, idleClip, idleFrame, atSample48k >= busyUntil() ? 0 : 60);
    },
    skip(atSample48k) {
      if (!idle) throw new Error(`skips ${atSample48k} while it is not idle`);
      moveTo(atSample48k);
      avatar.skips.push(atSample48k);
    },
    /** As of the newest picture: what came since is seen with the next one. */
    get idle() {
      return idle;
    },
    get idleClip() {
      return idleClip;
    },
    get idleFrame() {
      return idleFrame;
    },
    // Says "aa" and "ou" in turns, 200 ms each, and as late as an engine may.
    visemeAt: (atSample48k) => (heardUntil < atSample48k + lookAheadMs * 48 ? -1 : Math.floor(atSample48k / 9600) % 2 === 0 ? 10 : 14),
    guessedFrames: 0,
    close() {
      avatar.closed++;
    },
  };
}

/** Dark to bright along the rows; every picture of the clips is another one. `lift` makes it brighter, and coloured. */
export function drawGradient(out: I420Picture, clip: number, frame: number, lift: number): void {
  const { width, height, data } = out;
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) data[row * width + x] = 30 + lift + clip * 40 + ((frame >> 1) & 31) + ((x * 60) / width) * (1 - row / height);
  }
  data.fill(128 + lift / 2, width * height);
}
