/** Why an utterance ended early. `code` and `detail` may be shown to the customer, `cause` may not. */
export interface SpeechFailure {
  code: string;
  detail: string;
  cause?: unknown;
}

/** What a part of an utterance looks like. */
export interface SpokenViseme {
  /** One of the fifteen of viseme-net. */
  viseme: string;
  /** From the utterance's first sample, also where it was resumed. */
  startMs: number;
  durationMs: number;
}

/** What a media session reports. Each utterance gets exactly one `utterance.ended`. */
export type PipelineEvent =
  /** The first picture, a key frame, has left. */
  | { type: 'sending' }
  /** The packet with its first sample has left. */
  | { type: 'utterance.started'; utteranceId: string }
  /** About once a second of speech, and where another worker would go on. */
  | { type: 'utterance.position'; utteranceId: string; playedMs: number }
  /** For utterances that asked for it: about once a second of speech, and what is left right before the end. Segments follow each other. */
  | { type: 'utterance.visemes'; utteranceId: string; visemes: SpokenViseme[] }
  /** The packet with its last sample has left. `playedMs` counts its own sound only, pauses for a slow source not. */
  | { type: 'utterance.ended'; utteranceId: string; interrupted: boolean; playedMs: number; error?: SpeechFailure }
  /** The engine or an encoder broke: the session sends nothing more. */
  | { type: 'failed'; error: unknown };

/** Called from the hot path: must be quick and must not throw. */
export type PipelineEventHandler = (event: PipelineEvent) => void;
