import type { Avatar } from '@visavis/contracts';
import { formatId } from '@visavis/ids';
import type { AvatarRow } from './avatars.repository';

export type AvatarReport = Record<string, unknown>;

/** @param previewUrl null where there is no preview yet */
export function toAvatar(row: AvatarRow, previewUrl: string | null): Avatar {
  return {
    id: formatId('avt', row.id),
    name: row.name,
    kind: 'photo',
    status: row.status === 'ready' || row.status === 'failed' ? row.status : 'processing',
    progress: row.progress,
    progress_step: row.source_key === null && row.status === 'processing' ? 'waiting for the upload' : row.progress_step,
    failure: row.status === 'failed' ? { code: row.failure_code ?? 'preparation_failed', detail: row.failure_reason ?? 'The avatar could not be prepared.' } : null,
    preview_url: row.status === 'ready' ? previewUrl : null,
    engine: row.engine,
    report: row.report,
    created_at: row.created_at.toISOString(),
  };
}
