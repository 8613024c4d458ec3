import { z } from 'zod';
import { utteranceId } from './common.ts';
import { makeGesture, setExpression, setState } from './cues.ts';

const requestId = z.string().max(64).optional();

/** Text frames that a client sends on /v1/sessions/:id/ws. Binary frames are s16le mono PCM of the started utterance. */
export const socketCommand = z.discriminatedUnion('type', [
  // The rest of the frame is the body of POST …/speak and is checked by `speak`.
  z.looseObject({ type: z.literal('speak'), request_id: requestId }),
  z.strictObject({
    type: z.literal('speak.start'),
    utterance_id: utteranceId.optional(),
    sample_rate: z.int().min(8000).max(48_000).default(16_000),
    request_id: requestId,
  }),
  z.strictObject({ type: z.literal('speak.end'), utterance_id: utteranceId.optional() }),
  z.strictObject({ type: z.literal('interrupt'), request_id: requestId }),
  setExpression.extend({ type: z.literal('expression'), request_id: requestId }),
  makeGesture.extend({ type: z.literal('gesture'), request_id: requestId }),
  setState.extend({ type: z.literal('state'), request_id: requestId }),
  z.strictObject({ type: z.literal('keep_alive') }),
]);
export type SocketCommand = z.infer<typeof socketCommand>;

/** How much streamed audio may wait unspoken, and when the client is told to slow down. */
export const STREAM_BUFFER_MS = 60_000;
export const STREAM_BUFFER_WARN_MS = 45_000;
