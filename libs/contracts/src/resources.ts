import { z } from 'zod';
import { avatarId, keyId, listQuery, timestamp } from './common.ts';
import { voiceSlug } from './sessions.ts';

export const avatarStatus = z.enum(['processing', 'ready', 'failed']);
export const avatar = z
  .object({
    id: avatarId,
    name: z.string(),
    kind: z.enum(['photo', 'video']).meta({ description: 'What it was made from: a picture or a clip.' }),
    stock: z.boolean().meta({ description: "Everyone's to use: it comes with the installation and can't be renamed or deleted.", example: false }),
    status: avatarStatus,
    progress: z.number().min(0).max(1),
    progress_step: z.string().nullable(),
    failure: z.object({ code: z.string(), detail: z.string() }).nullable(),
    preview_url: z.url().nullable().meta({ description: 'A JPEG; the address works for an hour.' }),
    preview_video_url: z.url().nullable().meta({ description: 'A short MP4 or WebM of it moving, without sound, where there is one; the address works for an hour.', example: null }),
    voice_id: voiceSlug.nullable().meta({ description: 'What it speaks with unless a session names another voice.', example: null }),
    credit: z.string().nullable().meta({ description: 'Of a stock avatar: who made the picture.', example: null }),
    engine: z.string().nullable(),
    report: z.record(z.string(), z.unknown()).nullable().meta({ description: 'What was measured. `warnings`, where there is one, says in words what could be better.' }),
    created_at: timestamp,
  })
  .meta({ id: 'Avatar' });
export type Avatar = z.infer<typeof avatar>;

export const avatarName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((name) => !name.includes('\0') && name.isWellFormed(), 'holds a character that is no text');
export const PICTURE_CONTENT_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/avif'] as const;
export const CLIP_CONTENT_TYPES = ['video/mp4', 'video/quicktime', 'video/webm', 'video/x-matroska', 'video/x-msvideo', 'video/mp2t', 'video/mpeg', 'video/ogg'] as const;
/** The JSON form of POST /v1/avatars: asks for an address to PUT the picture or clip to, then POST …/complete. */
export const createAvatarUpload = z
  .strictObject({ name: avatarName, content_type: z.enum([...PICTURE_CONTENT_TYPES, ...CLIP_CONTENT_TYPES]) })
  .meta({ id: 'CreateAvatarUpload' });
export const avatarUpload = z
  .object({ avatar, upload: z.object({ method: z.literal('PUT'), url: z.url(), headers: z.record(z.string(), z.string()), expires_at: timestamp }) })
  .meta({ id: 'AvatarUpload' });
export const updateAvatar = z.strictObject({ name: avatarName }).meta({ id: 'UpdateAvatar' });

export const avatarsQuery = listQuery.extend({
  stock: z.enum(['true', 'false']).optional().meta({ description: 'Only stock avatars, or only your own.' }),
});
export type AvatarsQuery = z.infer<typeof avatarsQuery>;

export const MAX_PICTURE_BYTES = 20 * 1024 * 1024;
export const MAX_CLIP_BYTES = 200 * 1024 * 1024;

export const voice = z
  .object({
    id: voiceSlug,
    name: z.string(),
    language: z.string().meta({ example: 'en-US' }),
    gender: z.enum(['female', 'male', 'neutral']),
    engine: z.string().meta({ example: 'flite' }),
  })
  .meta({ id: 'Voice' });
export type Voice = z.infer<typeof voice>;

export const keyScope = z.enum(['sessions:read', 'sessions:write', 'avatars:read', 'avatars:write', 'billing:read', 'keys:write']);
export type KeyScope = z.infer<typeof keyScope>;
export const ALL_KEY_SCOPES = keyScope.options;
export const createApiKey = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    scopes: z.array(keyScope).min(1).default([...ALL_KEY_SCOPES]),
    expires_at: timestamp.optional(),
  })
  .meta({ id: 'CreateApiKey' });
export const apiKey = z
  .object({
    id: keyId,
    name: z.string(),
    prefix: z.string().meta({ example: 'vv_live_3kq9' }),
    scopes: z.array(keyScope),
    created_at: timestamp,
    expires_at: timestamp.nullable(),
    last_used_at: timestamp.nullable(),
    revoked_at: timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof apiKey>;
export const createdApiKey = apiKey.extend({ key: z.string().meta({ description: 'Shown this once.' }) }).meta({ id: 'CreatedApiKey' });

export const credits = z
  .object({
    available: z.number().meta({ description: 'Credits that can be spent now.', example: 998.25 }),
    held: z.number().meta({ description: 'Credits reserved by running sessions.', example: 1 }),
    available_micro_credits: z.string().meta({ example: '998250000' }),
    held_micro_credits: z.string().meta({ example: '1000000' }),
    credits_per_minute: z.number(),
  })
  .meta({ id: 'Credits' });
export const usageDay = z.object({ date: z.iso.date(), sessions: z.int(), billed_seconds: z.number(), credits: z.number() });
export const usage = z
  .object({ from: timestamp, to: timestamp, sessions: z.int(), billed_seconds: z.number(), credits: z.number(), days: z.array(usageDay) })
  .meta({ id: 'Usage' });

export const problem = z
  .object({
    type: z.string().meta({ example: 'https://visavis.dev/problems/not_found' }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ example: 'not_found' }),
    detail: z.string(),
    request_id: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;
