import { Inject, Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import type { Me } from '@visavis/contracts';
import type { Database } from '@visavis/db';
import { formatId } from '@visavis/ids';
import { ProblemError } from '@visavis/problems';
import { createHash, randomBytes } from 'node:crypto';
import { DashboardSessions } from '../../access/dashboard-sessions';
import { parseRole } from '../../access/principal';
import { RateLimiter } from '../../access/rate-limiter';
import { DATABASE } from '../../tokens';

const WINDOW_S = 60;
const ATTEMPTS_PER_ADDRESS = 30;
const ATTEMPTS_PER_ADDRESS_AND_EMAIL = 10;
const ATTEMPTS_PER_EMAIL = 30;

interface AccountRow {
  user_id: string;
  email: string;
  name: string;
  tenant_id: string;
  tenant_name: string;
  role: string;
  [column: string]: unknown;
}

export interface SignInAttempt {
  readonly email: string;
  readonly password: string;
  readonly ip: string;
  readonly userAgent: string;
}

/** Signing in to the dashboard. Failures are all alike, in words and in work done. */
@Injectable()
export class AuthService {
  // Verified against when there is no such account, so that its absence takes as long as a wrong password.
  readonly #nobodysHash = hash(randomBytes(16).toString('hex'));

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly sessions: DashboardSessions,
    private readonly limiter: RateLimiter,
  ) {}

  /** @returns the cookie's token, and who it is */
  async signIn(attempt: SignInAttempt): Promise<{ token: string; me: Me }> {
    const email = attempt.email.toLowerCase();
    await this.#countAttempt(email, attempt.ip);
    const [account] = await this.database.systemSql<AccountRow & { password_hash: string }>(
      `SELECT u.id AS user_id, u.email, u.name, u.password_hash, m.tenant_id, m.role, t.name AS tenant_name
         FROM users u JOIN memberships m ON m.user_id = u.id JOIN tenants t ON t.id = m.tenant_id
        WHERE u.email = $1 ORDER BY m.created_at, m.id LIMIT 1`,
      [email],
    );
    const right = await verify(account?.password_hash ?? (await this.#nobodysHash), attempt.password);
    if (!right || account === undefined) throw new ProblemError('unauthenticated', 'The email or the password is wrong.');
    const token = await this.sessions.open(account.user_id, account.tenant_id, attempt.userAgent);
    return { token, me: toMe(account) };
  }

  async me(userId: string, tenantId: string): Promise<Me> {
    const [account] = await this.database.systemSql<AccountRow>(
      `SELECT u.id AS user_id, u.email, u.name, m.tenant_id, m.role, t.name AS tenant_name
         FROM users u JOIN memberships m ON m.user_id = u.id JOIN tenants t ON t.id = m.tenant_id
        WHERE u.id = $1 AND t.id = $2`,
      [userId, tenantId],
    );
    if (account === undefined) throw new ProblemError('unauthenticated', 'The sign-in has ended.');
    return toMe(account);
  }

  signOut(dashboardSessionId: string): Promise<void> {
    return this.sessions.close(dashboardSessionId);
  }

  async #countAttempt(email: string, ip: string): Promise<void> {
    // Emails are personal: Redis gets a digest.
    const who = createHash('sha256').update(email).digest('base64url').slice(0, 22);
    await this.limiter.spend(
      [
        { name: `sign-in:ip:${ip}`, limit: ATTEMPTS_PER_ADDRESS },
        { name: `sign-in:ip-email:${ip}:${who}`, limit: ATTEMPTS_PER_ADDRESS_AND_EMAIL },
        { name: `sign-in:email:${who}`, limit: ATTEMPTS_PER_EMAIL },
      ],
      WINDOW_S,
      'Too many attempts to sign in; please wait a minute.',
    );
  }
}

function toMe(row: AccountRow): Me {
  const role = parseRole(row.role);
  if (role === null) throw new Error(`a membership with the unknown role ${row.role}`);
  return {
    user: { id: formatId('usr', row.user_id), email: row.email, name: row.name },
    tenant: { id: formatId('ten', row.tenant_id), name: row.tenant_name },
    role,
  };
}
