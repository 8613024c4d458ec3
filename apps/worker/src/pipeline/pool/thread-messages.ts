import type { Cue, LoadOptions } from '@visavis/engine';
import type { RtpSenderStats } from '@visavis/rtp';
import type { InferenceConnection } from '@visavis/viseme-net';
import type { CreateMediaSessionOptions } from '../create-media-session.ts';
import type { IdleLoopOptions } from '../idle-loop/encode-idle-loop.ts';
import type { MediaSessionStats } from '../media-stats.ts';
import type { PipelineEvent } from '../pipeline-event.ts';
import type { SpokenPiece } from '../speech-feed.ts';

/** A session's options without what can't cross between threads. */
export type SessionOrder = Omit<CreateMediaSessionOptions, 'avatar' | 'idleLoop' | 'onEvent' | 'onNetworkError'>;

/** What a pipeline thread is given at its start. */
export interface PipelineThreadData {
  inference: InferenceConnection | undefined;
  /** What the engines of all threads share. */
  engineMemory: unknown;
}

/** What the pool tells a thread. Numbers name avatars, loops, sessions and speeches; the pool never uses one twice. */
export type ToThread =
  | { type: 'adopt'; avatar: number; engine: string; handle: unknown; usual: LoadOptions }
  | { type: 'unload'; avatar: number }
  | { type: 'loop'; loop: number; avatar: number; buffer: SharedArrayBuffer }
  /** @param loop where it is there already. */
  | { type: 'open'; session: number; avatar: number; loop: number | undefined; order: SessionOrder }
  | { type: 'use loop'; session: number; loop: number }
  | { type: 'speak'; session: number; speech: number; utteranceId: string; startAtMs: number; visemes: boolean }
  | { type: 'piece'; speech: number; piece: SpokenPiece }
  | { type: 'end of speech'; speech: number; failure?: { code: string; detail: string } }
  | { type: 'interrupt'; session: number }
  | { type: 'act'; session: number; cue: Cue }
  | { type: 'key frame'; session: number }
  | { type: 'close'; session: number; handOver: boolean }
  /** Leave everything and end. */
  | { type: 'stop' };

/** What a thread tells the pool. */
export type FromThread =
  | { type: 'adopted'; avatar: number }
  | { type: 'not adopted'; avatar: number; message: string }
  /** It holds nothing of the avatar any more. */
  | { type: 'unloaded'; avatar: number }
  | { type: 'opened'; session: number }
  | { type: 'not opened'; session: number; message: string }
  | { type: 'event'; session: number; event: PipelineEvent }
  | { type: 'network error'; session: number; message: string }
  | { type: 'stats'; session: number; stats: MediaSessionStats; rtpStats: RtpSenderStats }
  | { type: 'closed'; session: number }
  /** The thread wants this speech's next piece. */
  | { type: 'pull'; speech: number }
  /** Nobody listens to this speech any more. */
  | { type: 'drop'; speech: number };

/** What an avatar thread is given at its start. */
export interface AvatarThreadData {
  engineMemory: unknown;
  /** Let all others go first. */
  background: boolean;
}

/** What an avatar thread is asked; each request has an answer of the same number, but for `unload` and `stop`. */
export type ToAvatarThread =
  | { type: 'load'; request: number; engine: string; bundle: Uint8Array; usual: LoadOptions }
  /** Of the avatar that was loaded by this request. */
  | { type: 'unload'; request: number }
  /** @param stored a loop that may still be good. */
  | { type: 'loop'; request: number; engine: string; handle: unknown; options: IdleLoopOptions; stored?: SharedArrayBuffer }
  | { type: 'stop' };

export type FromAvatarThread =
  | { type: 'loaded'; request: number; handle: unknown; memoryBytes: number }
  /** No buffer for an avatar without idle clips. */
  | { type: 'loop'; request: number; buffer: SharedArrayBuffer | undefined }
  | { type: 'failed'; request: number; message: string };
