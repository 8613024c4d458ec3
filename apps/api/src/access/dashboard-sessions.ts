import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@visavis/db';
import { newId, parseId } from '@visavis/ids';
import { createHash, randomBytes } from 'node:crypto';
import { DATABASE } from '../tokens';
import { CredentialWatch } from './credential-watch';
import { parseRole, type Principal } from './principal';

const TOKEN_BYTES = 32;
export const DASHBOARD_SESSION_S = 14 * 24 * 3600;
const TOUCH_AFTER = "interval '5 minutes'";

type Member = Extract<Principal, { kind: 'member' }>;

/** Signed-in browsers. The cookie holds a random token, the database only its hash. */
@Injectable()
export class DashboardSessions {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly watch: CredentialWatch,
  ) {}

  /** Opens a session and answers the token for the cookie; nothing can show it again. */
  async open(userId: string, tenantId: string, userAgent: string): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const id = parseId('usr', newId('usr'))!;
    await this.database.systemSql(
      `INSERT INTO dashboard_sessions (id, token_hash, user_id, tenant_id, user_agent, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`,
      [id, hashOf(token), userId, tenantId, userAgent.slice(0, 300), DASHBOARD_SESSION_S],
    );
    return token;
  }

  /** Who holds this cookie, or null. The membership is read each time: who leaves a tenant is out at once. */
  async find(token: string): Promise<Member | null> {
    const [row] = await this.database.systemSql<{ id: string; user_id: string; tenant_id: string; role: string; stale: boolean }>(
      `SELECT s.id, s.user_id, s.tenant_id, m.role, s.last_seen_at < now() - ${TOUCH_AFTER} AS stale
         FROM dashboard_sessions s JOIN memberships m ON m.user_id = s.user_id AND m.tenant_id = s.tenant_id
        WHERE s.token_hash = $1 AND s.expires_at > now()`,
      [hashOf(token)],
    );
    const role = row === undefined ? null : parseRole(row.role);
    if (row === undefined || role === null) return null;
    if (row.stale) await this.database.systemSql('UPDATE dashboard_sessions SET last_seen_at = now() WHERE id = $1', [row.id]);
    return { kind: 'member', tenantId: row.tenant_id, userId: row.user_id, role, dashboardSessionId: row.id };
  }

  /** Signs one browser out; doing it twice is fine. */
  async close(id: string): Promise<void> {
    await this.database.systemSql('DELETE FROM dashboard_sessions WHERE id = $1', [id]);
    await this.watch.announce(id);
  }

  /** Forgets sessions that have expired. @returns how many */
  async sweep(): Promise<number> {
    return (await this.database.systemSql('DELETE FROM dashboard_sessions WHERE expires_at < now() RETURNING id')).length;
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
