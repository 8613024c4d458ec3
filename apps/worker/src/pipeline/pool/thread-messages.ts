import type { RtpSenderStats } from '@visavis/rtp';
import type { InferenceConnection } from '@visavis/viseme-net';
import type { CreateMediaSessionOptions } from '../create-media-session.ts';
import type { MediaSessionStats } from '../media-stats.ts';
import type { PipelineEvent } from '../pipeline-event.ts';
import type { SpokenPiece } from '../speech-feed.ts';

/** A session's options without what can't cross between threads. */
export type SessionOrder = Omit<CreateMediaSessionOptions, 'avatar' | 'onEvent' | 'onNetworkError'>;

/** What a thread is given at its start. */
export interface PipelineThreadData {
  inference: InferenceConnection | undefined;
}

/** What the pool tells a thread. Numbers name avatars, sessions and speeches; the pool never uses one twice. */
export type ToThread =
  | { type: 'load'; avatar: number; engine: string; bundle: Uint8Array }
  | { type: 'unload'; avatar: number }
  | { type: 'open'; session: number; avatar: number; order: SessionOrder }
  | { type: 'speak'; session: number; speech: number; utteranceId: string; startAtMs: number; visemes: boolean }
  | { type: 'piece'; speech: number; piece: SpokenPiece }
  | { type: 'end of speech'; speech: number; failure?: { code: string; detail: string } }
  | { type: 'interrupt'; session: number }
  | { type: 'key frame'; session: number }
  | { type: 'close'; session: number; handOver: boolean }
  /** Leave everything and end. */
  | { type: 'stop' };

/** What a thread tells the pool. */
export type FromThread =
  | { type: 'loaded'; avatar: number; memoryBytes: number }
  | { type: 'not loaded'; avatar: number; message: string }
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
