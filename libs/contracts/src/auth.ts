import { z } from 'zod';

export const memberRole = z.enum(['owner', 'admin', 'developer', 'billing', 'viewer']);
export type MemberRole = z.infer<typeof memberRole>;

export const signIn = z.strictObject({ email: z.email().max(254), password: z.string().min(1).max(256) }).meta({ id: 'SignIn' });
export const me = z
  .object({
    user: z.object({ id: z.string(), email: z.string(), name: z.string() }),
    tenant: z.object({ id: z.string(), name: z.string() }),
    role: memberRole,
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof me>;
