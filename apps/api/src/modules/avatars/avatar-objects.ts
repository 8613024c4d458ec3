import { randomBytes } from 'node:crypto';

/** Where an avatar's files lie in the bucket. One without a tenant is a stock avatar. */
export const avatarObjects = {
  source: (tenantId: string, avatarId: string): string => `${folderOf(tenantId, avatarId)}/source`,

  /** By what is in the file, so that a changed one is another. */
  stock: (slug: string, sha256: string): string => `stock/${slug}/${sha256.slice(0, 16)}`,

  /** Each attempt at preparing writes to a place of its own: one that was given up can't change what another delivered. */
  attempt(tenantId: string | null, avatarId: string): { bundle: string; preview: string } {
    const base = `${folderOf(tenantId, avatarId)}/${randomBytes(6).toString('hex')}`;
    return { bundle: `${base}/bundle`, preview: `${base}/preview.jpg` };
  },
};

function folderOf(tenantId: string | null, avatarId: string): string {
  return tenantId === null ? `stock/${avatarId}` : `tenants/${tenantId}/avatars/${avatarId}`;
}
