import { z } from 'zod';

/** What an avatar can be told to do beside speaking. The same names as in libs/engine; a test of the worker compares them. */
export const expression = z.enum(['neutral', 'happy', 'serious', 'surprised', 'sad', 'angry']);
export type Expression = z.infer<typeof expression>;

export const gesture = z.enum(['nod', 'shake', 'brow_raise', 'wink', 'tilt']);
export type Gesture = z.infer<typeof gesture>;

export const attentionState = z.enum(['idle', 'listening', 'thinking']);
export type AttentionState = z.infer<typeof attentionState>;

export const strength = z.number().min(0).max(1).meta({ description: 'From 0, nothing, to 1, as far as the face goes.', example: 0.8 });

/** The bodies of POST …/expression, …/gesture and …/state. */
export const setExpression = z.strictObject({ expression, strength: strength.default(1) }).meta({ id: 'SetExpression', example: { expression: 'happy', strength: 0.8 } });
export type SetExpression = z.infer<typeof setExpression>;
export const makeGesture = z.strictObject({ gesture }).meta({ id: 'MakeGesture' });
export type MakeGesture = z.infer<typeof makeGesture>;
export const setState = z.strictObject({ state: attentionState }).meta({ id: 'SetState', example: { state: 'listening' } });
export type SetState = z.infer<typeof setState>;

/** As a worker gets it, and tells its engine. */
export const cue = z.discriminatedUnion('type', [
  /** From now on, until the next one. */
  z.object({ type: z.literal('expression'), expression, strength: z.number().min(0).max(1) }),
  z.object({ type: z.literal('gesture'), gesture }),
  /** From now on, until the next one. */
  z.object({ type: z.literal('state'), state: attentionState }),
  /** The word that begins now is stressed. */
  z.object({ type: z.literal('emphasis') }),
]);
export type Cue = z.infer<typeof cue>;
