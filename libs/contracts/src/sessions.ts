import { z } from 'zod';
import { background, fitsCodedSize } from './background.ts';
import { avatarId, metadata, sessionId, timestamp, utteranceId } from './common.ts';
import { expression, strength } from './cues.ts';
import { parseSpeechMarks, SpeechMarkError } from './speech-marks.ts';

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

export const MAX_VIDEO_PIXELS = 1920 * 1080;

const side = z.number().int().min(128).max(1920).multipleOf(2, 'must be even');
export const videoRequest = z
  .strictObject({
    width: side.default(512),
    height: side.default(512),
    fps: z.union([z.literal(25), z.literal(30)]).default(25),
    codec: videoCodec.default('h264'),
  })
  .refine((v) => v.width * v.height <= MAX_VIDEO_PIXELS, 'width × height must not exceed 2073600 pixels (1920×1080)');
export const video = z.object({ width: z.int(), height: z.int(), fps: z.int(), codec: videoCodec });
export type Video = z.infer<typeof video>;
export const DEFAULT_VIDEO: Readonly<Video> = { width: 512, height: 512, fps: 25, codec: 'h264' };
/** With what a viewer's decoder is given: twice as wide where the background is transparent. */
export const sessionVideo = video.extend({
  coded_width: z.int().meta({ description: 'Of the video that arrives. Twice `width` with a transparent background: colour left, its alpha as grey right.', example: 512 }),
  coded_height: z.int().meta({ example: 512 }),
});

export const voiceSlug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be the id of a voice, see GET /v1/voices')
  .meta({ example: 'en-us-slt' });

export const createSession = z
  .strictObject({
    avatar_id: avatarId,
    voice_id: voiceSlug.optional(),
    video: videoRequest.optional(),
    background: background.optional(),
    metadata: metadata.optional(),
    max_duration_s: z.int().min(10).max(14_400).optional().meta({ example: 3600 }),
    idle_timeout_s: z.int().min(5).max(3600).optional().meta({ example: 120 }),
    queue_timeout_s: z.int().min(0).max(30).default(0),
  })
  .refine(({ video: size = DEFAULT_VIDEO, background: behind }) => fitsCodedSize(size, behind), {
    message: 'with a transparent background the video is coded twice as wide, which may be 1920 pixels at most: ask for a width up to 960 and 1036800 pixels, or another background',
    path: ['video'],
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
    video: sessionVideo,
    background,
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

function checkMarks(text: string, context: z.RefinementCtx<string>): void {
  try {
    parseSpeechMarks(text);
  } catch (error) {
    if (!(error instanceof SpeechMarkError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
}

const sampleRate = z.int().min(8000).max(48_000);
export const speak = z
  .strictObject({
    text: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(MAX_SPEECH_TEXT)
      .superRefine(checkMarks)
      .optional()
      .meta({
        description:
          'Plain text, or text with marks: `<break time="500ms"/>`, `<emphasis>word</emphasis>`, `<expression name="happy" strength="0.8">…</expression>`, `<gesture name="nod"/>`, all of it in `<speak>…</speak>` if you like.',
      }),
    audio: z
      .base64('must be base64')
      .max(Math.ceil((MAX_INLINE_AUDIO_BYTES * 4) / 3) + 4)
      .optional()
      .meta({ description: 'Base64 of a WAV, MP3 or Opus file, or of raw s16le mono samples together with sample_rate.' }),
    audio_url: z.url({ protocol: /^https?$/ }).max(2048).optional(),
    sample_rate: sampleRate.optional(),
    voice_id: voiceSlug.optional(),
    expression: expression.optional().meta({ description: 'For this utterance; after it the face is as before.' }),
    strength: strength.optional().meta({ description: 'Of the expression, 0 to 1. Left out, 1.' }),
  })
  .refine((v) => [v.text, v.audio, v.audio_url].filter((part) => part !== undefined).length === 1, {
    message: 'needs exactly one of text, audio and audio_url',
  })
  .refine((v) => v.sample_rate === undefined || v.audio !== undefined, {
    message: 'sample_rate belongs to raw audio in "audio"',
    path: ['sample_rate'],
  })
  .refine((v) => v.strength === undefined || v.expression !== undefined, { message: 'belongs to an "expression"', path: ['strength'] })
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
