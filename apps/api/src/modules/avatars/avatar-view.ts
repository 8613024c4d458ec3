import type { Avatar } from '@visavis/contracts';
import { formatId } from '@visavis/ids';
import type { AvatarRow } from './avatars.repository';
import type { PreviewKeys } from './preparation.repository';

export type AvatarReport = Record<string, unknown>;

/** Where its preview picture lies: a stock avatar shows the picture that ships until it is prepared. Null where there is none yet. */
export function previewKeyOf({ tenant_id, kind, status, source_key, preview_key }: PreviewKeys): string | null {
  if (status === 'ready') return preview_key;
  return tenant_id === null && kind === 'photo' ? source_key : null;
}

/** @param previews null where there is none yet */
export function toAvatar(row: AvatarRow, previews: { picture: string | null; video: string | null }): Avatar {
  return {
    id: formatId('avt', row.id),
    name: row.name,
    kind: row.kind === 'video' ? 'video' : 'photo',
    stock: row.tenant_id === null,
    status: row.status === 'ready' || row.status === 'failed' ? row.status : 'processing',
    progress: row.progress,
    progress_step: row.source_key === null && row.status === 'processing' ? 'waiting for the upload' : row.progress_step,
    failure: row.status === 'failed' ? { code: row.failure_code ?? 'preparation_failed', detail: row.failure_reason ?? 'The avatar could not be prepared.' } : null,
    preview_url: previews.picture,
    preview_video_url: previews.video,
    voice_id: row.voice_id,
    credit: row.credit,
    engine: row.engine,
    report: row.report,
    created_at: row.created_at.toISOString(),
  };
}
