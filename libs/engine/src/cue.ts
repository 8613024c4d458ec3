/*
 * What an avatar may be told to do beside speaking. A new expression, gesture or state is added here, and every engine sees it.
 */
export const EXPRESSIONS = ['neutral', 'happy', 'serious', 'surprised', 'sad', 'angry'] as const;
export type Expression = (typeof EXPRESSIONS)[number];

export const GESTURES = ['nod', 'shake', 'brow_raise', 'wink', 'tilt'] as const;
export type Gesture = (typeof GESTURES)[number];

/** What an avatar that doesn't speak shows that it is doing. */
export const ATTENTION_STATES = ['idle', 'listening', 'thinking'] as const;
export type AttentionState = (typeof ATTENTION_STATES)[number];

export type Cue =
  /** From now on, until the next one. `strength` is 0 to 1. */
  | { type: 'expression'; expression: Expression; strength: number }
  | { type: 'gesture'; gesture: Gesture }
  /** From now on, until the next one. */
  | { type: 'state'; state: AttentionState }
  /** The word that begins now is stressed. */
  | { type: 'emphasis' };
