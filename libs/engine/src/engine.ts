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

export interface StreamOptions extends PictureSize {
  fps: number;
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
  /** Takes back the audio and the shapes from `atSample48k` on (an interruption); the mouth closes smoothly. The next push begins there. */
  truncate(atSample48k: number): void;
  /** Renders the picture due at `atSample48k` into `out`. Times rise from call to call; gaps (dropped frames) are allowed. */
  frame(atSample48k: number, out: I420Picture): void;
  /**
   * What the sound at a time looks like: an index into the fifteen visemes (`VISEMES` of viseme-net), or −1 where it is not known (yet), or
   * the engine doesn't tell. Only of times near the newest frame, and never waits.
   */
  visemeAt(atSample48k: number): number;
  /** Frames that were drawn before all was known that their sound says: the mouth of these was a guess. */
  readonly guessedFrames: number;
  close(): void;
}

/** A bundle in memory, shared by all of a worker's sessions of this avatar. */
export interface LoadedAvatar {
  /** Bytes it holds, for the worker's cache. */
  readonly memoryBytes: number;
  open(options: StreamOptions): AvatarStream;
  close(): void;
}

/** Turns audio into frames of one prepared avatar. Engines differ behind this seam only. */
export interface AvatarEngine {
  readonly name: string;
  readonly version: string;
  /**
   * Makes a bundle from an upload (any picture format the engine reads). May take seconds and runs off the live path.
   * @throws PrepareError when the upload can't become an avatar, with a reason that a person can act on.
   */
  prepare(upload: Uint8Array, onProgress?: (progress: PrepareProgress) => void): Promise<PreparedAvatar>;
  /** @throws Error when the bundle is damaged or of another engine or version. */
  load(bundle: Uint8Array): Promise<LoadedAvatar>;
}
