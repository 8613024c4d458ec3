export { createMediaSession } from './create-media-session.ts';
export type { CreatedMediaSession, CreateMediaSessionOptions, IngestOptions } from './create-media-session.ts';
export type { MediaSession } from './media-session.ts';
export type { MediaSessionStats } from './media-stats.ts';
export type { PipelineEvent, PipelineEventHandler, SpeechFailure, SpokenViseme } from './pipeline-event.ts';
export type { SpeakOptions } from './speech-line.ts';
export type { ShapedSpeech, SpeechSource, SpeechSourceOpener, SpokenCue, SpokenPiece } from './speech-feed.ts';
export { PipelinePool } from './pool/pipeline-pool.ts';
export type { AvatarBundle, PipelinePoolOptions, PooledAvatar, PooledSessionOptions } from './pool/pipeline-pool.ts';
