import { z } from 'zod';
import { sessionId, timestamp, utteranceId } from './common.ts';
import { endReason } from './sessions.ts';
import { utteranceTimings } from './timings.ts';

/** What happens in a session, as customers see it. One total map: an event that isn't here doesn't exist. */
export const eventData = {
  'session.started': z.object({ avatar_id: z.string() }),
  'session.first_frame': z.object({ ms_since_created: z.int() }),
  'utterance.started': z.object({ utterance_id: utteranceId }),
  /** Only for readers that ask for it. It has no number of its own, but that of the event before it. */
  'utterance.timings': utteranceTimings,
  'utterance.ended': z.object({
    utterance_id: utteranceId,
    interrupted: z.boolean(),
    played_ms: z.int().min(0),
    error: z.object({ code: z.string(), detail: z.string() }).optional(),
  }),
  'credits.low': z.object({ remaining_credits: z.number(), remaining_seconds: z.int() }),
  'session.reassigned': z.object({ epoch: z.int(), gap_ms: z.int() }),
  'session.ended': z.object({ end_reason: endReason, billed_seconds: z.number(), credits: z.number() }),
} as const;
export type SessionEventType = keyof typeof eventData;
/** Those that are numbered and kept, and which every reader gets. */
export type NumberedEventType = Exclude<SessionEventType, 'utterance.timings'>;
export type SessionEventData<T extends SessionEventType> = z.infer<(typeof eventData)[T]>;

export const sessionEvent = z
  .object({
    seq: z.int().min(1).meta({ description: 'Counts from 1 without gaps. `utterance.timings` repeats the number of the event before it.' }),
    type: z.enum(Object.keys(eventData) as [SessionEventType, ...SessionEventType[]]),
    at: timestamp,
    session_id: sessionId,
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'SessionEvent' });
export type SessionEvent = z.infer<typeof sessionEvent>;
