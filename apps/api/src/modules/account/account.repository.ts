import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@visavis/db';
import { DATABASE } from '../../tokens';

export interface UsageDayRow {
  date: string;
  sessions: number;
  billed_ms: bigint;
  micro_credits: bigint;
  [column: string]: unknown;
}

@Injectable()
export class AccountRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async microCreditsPerMinute(tenantId: string): Promise<bigint> {
    const [row] = await this.database.tenantSql<{ micro_credits_per_minute: bigint }>(tenantId, 'SELECT micro_credits_per_minute FROM tenants WHERE id = $1', [tenantId]);
    return row?.micro_credits_per_minute ?? 0n;
  }

  /** Media by day of UTC, priced as its session was. Days without media are left out. */
  usageDays(tenantId: string, from: Date, to: Date): Promise<UsageDayRow[]> {
    return this.database.tenantSql<UsageDayRow>(
      tenantId,
      `SELECT to_char(u.at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS date, count(DISTINCT u.session_id)::int AS sessions, sum(u.media_ms)::bigint AS billed_ms,
              floor(sum(u.media_ms::numeric * s.micro_credits_per_minute) / 60000)::bigint AS micro_credits
         FROM usage_slices u JOIN sessions s ON s.id = u.session_id AND s.tenant_id = u.tenant_id
        WHERE u.tenant_id = $1 AND u.at >= $2 AND u.at < $3
        GROUP BY 1 ORDER BY 1`,
      [tenantId, from, to],
    );
  }

  async sessionsWithUsage(tenantId: string, from: Date, to: Date): Promise<number> {
    const [row] = await this.database.tenantSql<{ count: number }>(
      tenantId,
      'SELECT count(DISTINCT session_id)::int AS count FROM usage_slices WHERE tenant_id = $1 AND at >= $2 AND at < $3',
      [tenantId, from, to],
    );
    return row?.count ?? 0;
  }
}
