import { z } from 'zod';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** A UUIDv7 with the type's prefix, for instance `ses_0193…`. */
export function idSchema(prefix: string, example: string) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_${UUID}$`), `must look like ${prefix}_<uuid>`)
    .meta({ example: `${prefix}_${example}` });
}

const EXAMPLE_UUID = '019ab0d2-6f4e-7c31-9a55-0b1f6a3c2d10';
export const sessionId = idSchema('ses', EXAMPLE_UUID);
export const avatarId = idSchema('avt', EXAMPLE_UUID);
export const keyId = idSchema('key', EXAMPLE_UUID);
/** Ours look like `utt_<uuid>`; for what it streams a client may choose its own, unique within the session. */
export const utteranceId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/, 'must have 1 to 64 letters, digits or _ . : -, beginning with a letter or digit')
  .meta({ example: `utt_${EXAMPLE_UUID}` });
export const tenantId = idSchema('ten', EXAMPLE_UUID);

export const timestamp = z.iso.datetime().meta({ example: '2026-11-22T10:15:30.123Z' });

/** Free-form labels that a customer hangs on a resource. */
export const metadata = z
  .record(z.string().min(1).max(64), z.union([z.string().max(512), z.number(), z.boolean(), z.null()]))
  .refine((value) => Object.keys(value).length <= 32, 'at most 32 entries')
  .meta({ example: { customer: 'c_1029' } });

export const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(256).optional(),
});
export type ListQuery = z.infer<typeof listQuery>;

/** Every list has this shape; `next_cursor` is null on the last page. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}
