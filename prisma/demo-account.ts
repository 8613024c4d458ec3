import { randomBytes } from 'node:crypto';
import { hash as hashPassword, verify as verifyPassword } from '@node-rs/argon2';
import { displayPrefix, generateApiKey, hashApiKey, parseApiKey } from '@visavis/api-keys';
import { ALL_KEY_SCOPES } from '@visavis/contracts';
import { formatId, newUuid } from '@visavis/ids';
import pg from 'pg';
import { ensureBuiltInVoices } from './built-in-voices.ts';
import type { DemoCredentials } from './demo-credentials.ts';

const DEMO = { slug: 'demo', tenantName: 'Demo', email: 'demo@visavis.local', userName: 'Demo', keyName: 'Demo', microCredits: 1_000_000_000n };

export type SeedOptions = {
  ownerUrl: string;
  /** Secrets that must work afterwards. */
  known: Partial<DemoCredentials>;
  /** Called with what will hold, before it does. */
  remember(credentials: Partial<DemoCredentials>): Promise<void>;
  /** Make new secrets also for an account that has others which nobody told us. */
  replaceUnknown: boolean;
};

export type SeedResult = { tenant_id: string; email: string; password?: string | undefined; api_key?: string | undefined };

/**
 * Creates the built-in voices and the demo account, or completes them.
 *
 * @throws TypeError if a key was handed in that is none.
 */
export async function seedDemo({ ownerUrl, known, remember, replaceUnknown }: SeedOptions): Promise<SeedResult> {
  if (known.api_key !== undefined && parseApiKey(known.api_key) === null) throw new TypeError('the demo API key is not a key: it has a typo');
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query('BEGIN');
    await ensureBuiltInVoices(owner);
    const tenantId = await ensureTenant(owner);
    // From here on the owner works as that tenant, bound by row-level security like everyone else.
    await owner.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenantId]);
    const user = await findUser(owner);
    const password = known.password ?? (user === null || replaceUnknown ? randomBytes(12).toString('base64url') : undefined);
    const key = await chooseKey(owner, known.api_key, replaceUnknown);
    if (password !== known.password || key !== known.api_key) await remember({ email: DEMO.email, password, api_key: key });

    const userId = await ensureUser(owner, user, password);
    await owner.query(
      `INSERT INTO memberships (id, tenant_id, user_id, role) VALUES ($1, $2, $3, 'owner') ON CONFLICT (tenant_id, user_id) DO NOTHING`,
      [newUuid(), tenantId, userId],
    );
    if (key !== undefined) await ensureKey(owner, tenantId, userId, key);
    await owner.query('SELECT ledger_grant($1, $2, $3, $4)', [tenantId, DEMO.microCredits, 'demo', 'Credit of the demo account']);
    await owner.query('COMMIT');
    return { tenant_id: formatId('ten', tenantId), email: DEMO.email, password, api_key: key };
  } finally {
    await owner.end();
  }
}

async function ensureTenant(owner: pg.Client): Promise<string> {
  await owner.query('INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING', [newUuid(), DEMO.slug, DEMO.tenantName]);
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM tenants WHERE slug = $1', [DEMO.slug]);
  return rows[0]!.id;
}

type FoundUser = { id: string; passwordHash: string };

async function findUser(owner: pg.Client): Promise<FoundUser | null> {
  const { rows } = await owner.query<FoundUser>('SELECT id, password_hash AS "passwordHash" FROM users WHERE email = $1', [DEMO.email]);
  return rows[0] ?? null;
}

async function ensureUser(owner: pg.Client, found: FoundUser | null, password: string | undefined): Promise<string> {
  if (found && (password === undefined || (await verifyPassword(found.passwordHash, password)))) return found.id;
  const passwordHash = await hashPassword(password!);
  if (found) {
    await owner.query('UPDATE users SET password_hash = $2 WHERE id = $1', [found.id, passwordHash]);
    return found.id;
  }
  const id = newUuid();
  await owner.query('INSERT INTO users (id, email, password_hash, name) VALUES ($1, $2, $3, $4)', [id, DEMO.email, passwordHash, DEMO.userName]);
  return id;
}

/** The key that is to work afterwards: the known one unless it was revoked or has expired, else a new one, or none if there is one that nobody told us. */
async function chooseKey(owner: pg.Client, known: string | undefined, replaceUnknown: boolean): Promise<string | undefined> {
  const { rows } = await owner.query<{ usable: boolean; known: boolean }>(
    `SELECT revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) AS usable, hash = $1 AS known FROM api_keys`,
    [hashApiKey(known ?? '')],
  );
  if (known !== undefined && !rows.some((key) => key.known && !key.usable)) return known;
  return known !== undefined || replaceUnknown || !rows.some((key) => key.usable) ? generateApiKey().key : undefined;
}

async function ensureKey(owner: pg.Client, tenantId: string, userId: string, key: string): Promise<void> {
  await owner.query(
    `INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes, created_by_user) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hash) DO NOTHING`,
    [newUuid(), tenantId, DEMO.keyName, displayPrefix(key), hashApiKey(key), ALL_KEY_SCOPES, userId],
  );
}
