import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@visavis/db';
import { DATABASE } from '../../tokens';

export interface VoiceRow {
  id: string;
  name: string;
  language: string;
  gender: string;
  engine: string;
  [column: string]: unknown;
}

/** Built-in voices and a tenant's own; row-level security shows no others. */
@Injectable()
export class VoicesRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  all(tenantId: string): Promise<VoiceRow[]> {
    return this.database.tenantSql<VoiceRow>(tenantId, 'SELECT id, name, language, gender, engine FROM voices ORDER BY language, name, id');
  }

  async find(tenantId: string, id: string): Promise<VoiceRow | null> {
    const [row] = await this.database.tenantSql<VoiceRow>(tenantId, 'SELECT id, name, language, gender, engine FROM voices WHERE id = $1', [id]);
    return row ?? null;
  }
}
