import type { Background } from './background.ts';
import type { Cue } from './cue.ts';
import type { I420Picture, PictureSize } from './picture.ts';

export interface PrepareProgress {
  /** 0 to 1. */
  fraction: number;
  /** What is being done now, for a person to read. */
  step: string;
}

export interface PreparedAvatar {
  /** The whole bundle as one file; only the engine that made it reads it. */
  bundle: Uint8Array;
  /** SHA-256 of `bundle`, lower-case hex. */
  bundleSha256: string;
  engine: string;
  engineVersion: string;
  /** A JPEG of the avatar at rest, 512 pixels high at most. */
  previewJpeg: Uint8Array;
  /** What was measured on the way, for the avatar's record (pixels between the eyes, pose, …). Plain JSON. */
  report: Record<string, number | string | boolean>;
}

/** Of the face's picture; what is drawn is `drawnSize` of it. */
export interface FrameOptions extends PictureSize {
  fps: number;
  /** Without it, what is behind the face in the upload stays. */
  background?: Background;
}

export interface StreamOptions extends FrameOptions {
  /** Seeds the idle motion, so that two sessions of one avatar don't blink together and a test can repeat itself. */
  seed: number;
}

/**
 * One running avatar. All times are media time: integer samples at MEDIA_CLOCK_HZ since the stream's start.
 * Nothing here may block, await or allocate per call: all of it runs in the session's hot loop.
 */
export interface AvatarStream {
  /** Audio must be pushed at least this far ahead of the frame that is asked for. */
  readonly lookAheadMs: number;
  /**
   * Appends audio, silence included. `atSample48k` is where the piece begins and must be where the last one ended.
   * `pcm16k` is mono at ENGINE_SAMPLE_RATE_HZ in −1…1, and may be reused by the caller after the call.
   */
  push(atSample48k: number, pcm16k: Float32Array): void;
  /**
   * The mouth at a moment is known, since the speech came with the times of its phones: the eight parameters of viseme-net, which may be
   * reused after the call. For multiples of 20 ms, before their sound is pushed; where speech goes on, for one after the other. An engine
   * without it hears for itself.
   */
  shape?(atSample48k: number, params: Float32Array): void;
  /**
   * The avatar is to do something, from `atSample48k` on: after the newest frame, and no later than the sound that was pushed ends. Times
   * need not rise from call to call. An engine without it shows no expressions.
   */
  act?(atSample48k: number, cue: Cue): void;
  /** Takes back the audio, shapes and cues from `atSample48k` on (an interruption); the mouth closes smoothly. The next push begins there. */
  truncate(atSample48k: number): void;
  /**
   * Renders the picture due at `atSample48k` into `out`, all of it: `out` is of `drawnSize` and may be another one with each call. Times rise
   * from call to call; gaps (dropped frames) are allowed, and so is the time that was just skipped.
   */
  frame(atSample48k: number, out: I420Picture): void;
  /**
   * The viewers see the picture of the idle loop in place of the one due at `atSample48k`: time goes on and nothing is drawn. Only while `idle`;
   * where that ends with this picture, `frame` is asked for the same time.
   */
  skip(atSample48k: number): void;
  /**
   * Whether the newest frame, drawn or skipped, is exactly its picture of the idle loop, and neither sound nor cue is known that would change
   * the next ones. A new stream is idle.
   */
  readonly idle: boolean;
  /** Where the newest frame, drawn or skipped, stands in the avatar's idle clips. */
  readonly idleClip: number;
  readonly idleFrame: number;
  /**
   * What the sound at a time looks like: an index into the fifteen visemes (`VISEMES` of viseme-net), or −1 where it is not known (yet), or
   * the engine doesn't tell. Only of times near the newest frame, and never waits.
   */
  visemeAt(atSample48k: number): number;
  /** Frames that were drawn before all was known that their sound says: the mouth of these was a guess. */
  readonly guessedFrames: number;
  close(): void;
}

/**
 * Draws the idle clips, for the loop that is encoded once. Any order of frames; allocates nothing per frame.
 */
export interface IdlePainter {
  /** @param out is of `drawnSize`. */
  draw(clip: number, frame: number, out: I420Picture): void;
  close(): void;
}

/** What an avatar is loaded for: all streams of it have frames of this size and background. */
export interface LoadOptions extends PictureSize {
  background?: Background;
}

/** A bundle in memory, shared by all of a worker's sessions of this avatar. */
export interface LoadedAvatar {
  /** Bytes it holds, all threads together, for the worker's cache. */
  readonly memoryBytes: number;
  open(options: StreamOptions): AvatarStream;
  /**
   * How many frames each of the idle clips has: what the avatar shows when it does nothing, in an order that each session draws by its seed.
   * A clip begins where each of them ends. Whole multiples of IDLE_KEY_INTERVAL_S; none where the engine has no idle loop.
   */
  idleClips(fps: number): readonly number[];
  idlePainter(options: FrameOptions): IdlePainter;
  /** What another thread of this process needs to `adopt` it: can be sent by message, and shares the memory. */
  readonly handle: unknown;
  /** Its streams are closed. What `load` gave is closed after all that adopted it, and frees the memory. */
  close(): void;
}

/** A key frame of the idle loop comes this often, and at the beginning of each clip: there a session can change over to it. */
export const IDLE_KEY_INTERVAL_S = 2;

/** Turns audio into frames of one prepared avatar. Engines differ behind this seam only. */
export interface AvatarEngine {
  readonly name: string;
  readonly version: string;
  /**
   * Makes a bundle from an upload (any picture format the engine reads). May take seconds and runs off the live path.
   * @throws PrepareError when the upload can't become an avatar, with a reason that a person can act on.
   */
  prepare(upload: Uint8Array, onProgress?: (progress: PrepareProgress) => void): Promise<PreparedAvatar>;
  /**
   * @param options what the streams' frames will be like; 512×512 with the upload's own background, if left out.
   * @throws Error when the bundle is damaged or of another engine or version.
   */
  load(bundle: Uint8Array, options?: LoadOptions): Promise<LoadedAvatar>;
  /** The avatar that another thread of this process has loaded, without loading it again. @throws Error when the handle is none of this engine. */
  adopt(handle: unknown): LoadedAvatar;
}
