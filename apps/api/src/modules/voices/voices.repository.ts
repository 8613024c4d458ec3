import { Inject, Injectable } from '@nestjs/common';
import type { Voice } from '@visavis/contracts';
import type { Database } from '@visavis/db';
import { DATABASE } from '../../tokens';

const COLUMNS = 'id, name, language, gender, engine';

/** Built-in voices and a tenant's own; row-level security shows no others. */
@Injectable()
export class VoicesRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  all(tenantId: string): Promise<Voice[]> {
    return this.database.tenantSql<Voice>(tenantId, `SELECT ${COLUMNS} FROM voices ORDER BY language, name, id`);
  }

  async find(tenantId: string, id: string): Promise<Voice | null> {
    const [row] = await this.database.tenantSql<Voice>(tenantId, `SELECT ${COLUMNS} FROM voices WHERE id = $1`, [id]);
    return row ?? null;
  }
}
