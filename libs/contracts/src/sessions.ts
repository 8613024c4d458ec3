import { z } from 'zod';
import { avatarId, metadata, sessionId, timestamp, utteranceId } from './common.ts';

export const sessionStatus = z.enum(['starting', 'live', 'ended']);
export type SessionStatus = z.infer<typeof sessionStatus>;

export const endReason = z.enum([
  'client',
  'idle_timeout',
  'max_duration',
  'credits_exhausted',
  'worker_lost',
  'failed',
]);
export type EndReason = z.infer<typeof endReason>;

export const videoCodec = z.enum(['h264', 'vp8']);
export type VideoCodec = z.infer<typeof videoCodec>;

export const MAX_VIDEO_PIXELS = 1280 * 720;

const side = z.number().int().min(128).max(1280).multipleOf(2, 'must be even');
export const videoRequest = z
  .strictObject({
    width: side.default(512),
    height: side.default(512),
    fps: z.union([z.literal(25), z.literal(30)]).default(25),
    codec: videoCodec.default('h264'),
  })
  .refine((v) => v.width * v.height <= MAX_VIDEO_PIXELS, 'width × height must not exceed 921600 pixels (1280×720)');
export const video = z.object({ width: z.int(), height: z.int(), fps: z.int(), codec: videoCodec });
export type Video = z.infer<typeof video>;

export const voiceSlug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be the id of a voice, see GET /v1/voices')
  .meta({ example: 'en-us-slt' });

export const createSession = z
  .strictObject({
    avatar_id: avatarId,
    voice_id: voiceSlug.optional(),
    video: videoRequest.optional(),
    metadata: metadata.optional(),
    max_duration_s: z.int().min(10).max(14_400).optional().meta({ example: 3600 }),
    idle_timeout_s: z.int().min(5).max(3600).optional().meta({ example: 120 }),
    queue_timeout_s: z.int().min(0).max(30).default(0),
  })
  .meta({ id: 'CreateSession' });
export type CreateSession = z.infer<typeof createSession>;

export const iceServer = z.object({
  urls: z.array(z.string()),
  username: z.string().optional(),
  credential: z.string().optional(),
});
export type IceServer = z.infer<typeof iceServer>;

export const session = z
  .object({
    id: sessionId,
    status: sessionStatus,
    reassigning: z.boolean().meta({ description: 'True while a lost worker is being replaced.' }),
    avatar_id: avatarId,
    voice_id: voiceSlug.nullable(),
    video,
    metadata,
    whep_url: z.url(),
    ice_servers: z.array(iceServer),
    max_duration_s: z.int(),
    idle_timeout_s: z.int(),
    credits_per_minute: z.number().meta({ example: 1 }),
    viewers: z.int(),
    created_at: timestamp,
    live_at: timestamp.nullable(),
    ended_at: timestamp.nullable(),
    end_reason: endReason.nullable(),
    billed_seconds: z.number().meta({ description: 'Seconds of media billed so far, to the millisecond.', example: 61.24 }),
    credits: z.number().meta({ description: 'Credits used so far.', example: 1.020666 }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof session>;

export const createdSession = session
  .extend({
    client_token: z.string().meta({ description: 'A short-lived token for the page; bound to this session.' }),
    client_token_expires_at: timestamp,
  })
  .meta({ id: 'CreatedSession' });
export type CreatedSession = z.infer<typeof createdSession>;

export const MAX_SPEECH_TEXT = 5000;
export const MAX_INLINE_AUDIO_BYTES = 10 * 1024 * 1024;
/** The body of a `speak`, over HTTP or WebSocket: base64 takes four bytes for three, the rest is small. */
export const MAX_SPEAK_BYTES = Math.ceil((MAX_INLINE_AUDIO_BYTES * 4) / 3) + 64 * 1024;

const sampleRate = z.int().min(8000).max(48_000);
export const speak = z
  .strictObject({
    text: z.string().trim().min(1, 'must not be empty').max(MAX_SPEECH_TEXT).optional(),
    audio: z
      .base64('must be base64')
      .max(Math.ceil((MAX_INLINE_AUDIO_BYTES * 4) / 3) + 4)
      .optional()
      .meta({ description: 'Base64 of a WAV, MP3 or Opus file, or of raw s16le mono samples together with sample_rate.' }),
    audio_url: z.url({ protocol: /^https?$/ }).max(2048).optional(),
    sample_rate: sampleRate.optional(),
    voice_id: voiceSlug.optional(),
  })
  .refine((v) => [v.text, v.audio, v.audio_url].filter((part) => part !== undefined).length === 1, {
    message: 'needs exactly one of text, audio and audio_url',
  })
  .refine((v) => v.sample_rate === undefined || v.audio !== undefined, {
    message: 'sample_rate belongs to raw audio in "audio"',
    path: ['sample_rate'],
  })
  .meta({ id: 'Speak', example: { text: 'Hello, I am the girl with a pearl earring.' } });
export type Speak = z.infer<typeof speak>;

export const spoken = z.object({ utterance_id: utteranceId }).meta({ id: 'Spoken' });

export const interrupted = z
  .object({ interrupted: z.array(utteranceId).meta({ description: 'What was playing or waiting and will not be said.' }) })
  .meta({ id: 'Interrupted' });

export const tokenScope = z.enum(['view', 'speak', 'control']);
export type TokenScope = z.infer<typeof tokenScope>;
export const createToken = z
  .strictObject({
    scopes: z.array(tokenScope).min(1).default(['view', 'speak', 'control']),
    expires_in_s: z.int().min(30).max(14_400).default(600),
  })
  .meta({ id: 'CreateToken' });
export const clientToken = z
  .object({ client_token: z.string(), scopes: z.array(tokenScope), expires_at: timestamp })
  .meta({ id: 'ClientToken' });

export const availability = z
  .object({
    available: z.boolean(),
    reason: z.enum(['at_capacity', 'concurrency_limit', 'insufficient_credits']).nullable(),
    free_slots: z.int().meta({ description: 'How many 512×512 sessions could start now.' }),
  })
  .meta({ id: 'Availability' });
