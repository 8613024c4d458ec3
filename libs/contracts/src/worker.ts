import { z } from 'zod';
import { grantedBackground } from './background.ts';
import { avatarId, sessionId, utteranceId } from './common.ts';
import { cue, expression } from './cues.ts';
import { video } from './sessions.ts';
import { speechMark } from './speech-marks.ts';
import { utteranceTimings } from './timings.ts';

/** BullMQ job "session" on a worker's own queue. Nothing secret: keys and addresses are fetched once per epoch. */
export const sessionJob = z.object({ session_id: sessionId, epoch: z.int().min(1), avatar_id: avatarId });
export type SessionJob = z.infer<typeof sessionJob>;

/** BullMQ job "prepare" on the shared preparation queue. */
export const prepareJob = z.object({ avatar_id: avatarId });
export type PrepareJob = z.infer<typeof prepareJob>;

const stream = z.object({ ssrc: z.int(), payload_type: z.int() });
/** What a worker gets for one epoch of a session; both keys are base64 of SRTP key and salt. */
export const ingestGrant = z.object({
  address: z.string(),
  port: z.int(),
  send_key: z.string(),
  receive_key: z.string(),
  audio: stream,
  video: stream,
  cname: z.string(),
});
export type IngestGrant = z.infer<typeof ingestGrant>;

export const sessionGrant = z.object({
  session_id: sessionId,
  epoch: z.int(),
  video,
  background: grantedBackground,
  voice_id: z.string().nullable(),
  ingest: ingestGrant,
  avatar: z.object({ id: avatarId, engine: z.string(), engine_version: z.string(), bundle_url: z.url(), bundle_sha256: z.string() }),
  /** For a second worker: what it need not say again, how far the first one got with the rest, and how the face was left. */
  resume: z.object({
    ended: z.array(utteranceId),
    positions: z.record(z.string(), z.number()),
    /** The last expression and state that were asked for. */
    cues: z.array(cue),
    /** The number of the last cue that is in there or over; those up to it are left out when the commands are read again. */
    cue_number: z.int(),
  }),
});
export type SessionGrant = z.infer<typeof sessionGrant>;

export const claimSession = z.strictObject({ epoch: z.int().min(1), worker_id: z.string() });

export const prepareGrant = z.object({
  avatar_id: avatarId,
  source_url: z.url(),
  bundle_put_url: z.url(),
  preview_put_url: z.url(),
});
export type PrepareGrant = z.infer<typeof prepareGrant>;

export const prepareProgress = z.strictObject({ fraction: z.number().min(0).max(1), step: z.string().max(200) });
export const prepareResult = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('ready'),
    engine: z.string(),
    engine_version: z.string(),
    bundle_sha256: z.string().regex(/^[0-9a-f]{64}$/),
    report: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  z.strictObject({ status: z.literal('failed'), code: z.string().max(64), detail: z.string().max(1000) }),
]);
export type PrepareResult = z.infer<typeof prepareResult>;

/** Commands on the stream `session:{id}:commands`, API → worker. Streamed audio travels beside them as binary entries. */
export const speechSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string(), marks: z.array(speechMark), voice_id: z.string() }),
  z.object({ kind: z.literal('file'), url: z.url(), sample_rate: z.int().nullable() }),
  z.object({ kind: z.literal('stream'), sample_rate: z.int() }),
]);
export type SpeechSource = z.infer<typeof speechSource>;
/** The expression of one utterance. */
export const mood = z.object({ expression, strength: z.number().min(0).max(1) });
export type Mood = z.infer<typeof mood>;
export const workerCommand = z.discriminatedUnion('type', [
  z.object({ type: z.literal('speak'), utterance_id: utteranceId, source: speechSource, mood: mood.optional() }),
  /** Numbered from 1 in the order in which they are to be done. */
  z.object({ type: z.literal('cue'), number: z.int(), cue }),
  z.object({ type: z.literal('stream_end'), utterance_id: utteranceId }),
  z.object({ type: z.literal('interrupt') }),
  z.object({ type: z.literal('end') }),
]);
export type WorkerCommand = z.infer<typeof workerCommand>;

/** Events a worker reports; the API refuses those of an old epoch. */
export const workerEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('sending') }),
  z.object({ type: z.literal('utterance.started'), utterance_id: utteranceId }),
  utteranceTimings.extend({ type: z.literal('utterance.timings') }),
  z.object({
    type: z.literal('utterance.ended'),
    utterance_id: utteranceId,
    interrupted: z.boolean(),
    played_ms: z.int(),
    error: z.object({ code: z.string(), detail: z.string() }).optional(),
  }),
  z.object({ type: z.literal('failed'), detail: z.string() }),
]);
export type WorkerEvent = z.infer<typeof workerEvent>;
