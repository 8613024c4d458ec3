import { randomBytes } from 'node:crypto';

/** Where an avatar's files lie in the bucket. */
export const avatarObjects = {
  source: (tenantId: string, avatarId: string): string => `tenants/${tenantId}/avatars/${avatarId}/source`,

  /** Each attempt at preparing writes to a place of its own: one that was given up can't change what another delivered. */
  attempt(tenantId: string, avatarId: string): { bundle: string; preview: string } {
    const base = `tenants/${tenantId}/avatars/${avatarId}/${randomBytes(6).toString('hex')}`;
    return { bundle: `${base}/bundle`, preview: `${base}/preview.jpg` };
  },
};
