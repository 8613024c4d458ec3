import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@visavis/db';
import { newUuid } from '@visavis/ids';
import { DATABASE } from '../../tokens';
import type { AvatarKind } from './avatar-upload';

export interface StockRow {
  id: string;
  slug: string;
  status: string;
  source_key: string | null;
  preview_video_key: string | null;
  [column: string]: unknown;
}

export interface StockFacts {
  slug: string;
  name: string;
  kind: AvatarKind;
  credit: string | null;
  voiceId: string | null;
  sourceKey: string;
  previewVideoKey: string | null;
}

const COLUMNS = 'id, slug, status, source_key, preview_video_key';

/** Stock avatars, which have no tenant: written by the system role only. */
@Injectable()
export class StockRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  all(): Promise<StockRow[]> {
    return this.database.systemSql<StockRow>(`SELECT ${COLUMNS} FROM avatars WHERE tenant_id IS NULL`);
  }

  /** Several nodes may start at once: whoever comes second finds it there. */
  async insert(facts: StockFacts): Promise<void> {
    await this.database.systemSql(
      `INSERT INTO avatars (id, slug, name, kind, credit, voice_id, source_key, preview_video_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (slug) DO NOTHING`,
      [newUuid(), facts.slug, facts.name, facts.kind, facts.credit, facts.voiceId, facts.sourceKey, facts.previewVideoKey],
    );
  }

  /** What is said of it; it stays as it is otherwise. */
  async describe(facts: StockFacts): Promise<void> {
    await this.database.systemSql(
      `UPDATE avatars SET name = $2, credit = $3, voice_id = $4, preview_video_key = $5 WHERE slug = $1
        AND (name, credit, voice_id, preview_video_key) IS DISTINCT FROM ($2, $3, $4, $5)`,
      [facts.slug, facts.name, facts.credit, facts.voiceId, facts.previewVideoKey],
    );
  }

  /** It is to be prepared (again): its file changed, or it failed the last time. */
  async beginAgain(facts: StockFacts): Promise<void> {
    await this.database.systemSql(
      `UPDATE avatars SET status = 'processing', progress = 0, progress_step = NULL, failure_code = NULL, failure_reason = NULL, source_key = $2, kind = $3
        WHERE slug = $1 AND (status = 'failed' OR source_key IS DISTINCT FROM $2)`,
      [facts.slug, facts.sourceKey, facts.kind],
    );
  }
}
