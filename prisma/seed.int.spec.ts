// Real PostgreSQL; the credentials really sign in.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verify } from '@node-rs/argon2';
import { generateApiKey, hashApiKey } from '@visavis/api-keys';
import { listVoices } from '@visavis/speech';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedDemo, type SeedOptions } from './demo-account.ts';
import { readCredentials, writeCredentials } from './demo-credentials.ts';
import { migrate } from './migrate.ts';

const name = `visavis_test_seed_${process.pid}`;
const ownerUrl = Object.assign(new URL(process.env.TEST_DATABASE_URL ?? 'postgresql://'), { pathname: `/${name}` }).href;
let server: pg.Client;
let owner: pg.Client;

beforeAll(async () => {
  server = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await server.connect();
});
beforeEach(async () => {
  await server.query(`CREATE DATABASE ${name}`);
  await migrate(ownerUrl, 'visavis-tests');
  owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
});
afterEach(async () => {
  await owner.end();
  await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
});
afterAll(() => server?.end());

const seed = (options: Partial<SeedOptions> = {}) => seedDemo({ ownerUrl, known: {}, remember: async () => {}, replaceUnknown: false, ...options });

async function signsIn(password: string): Promise<boolean> {
  const { rows } = await owner.query<{ password_hash: string }>('SELECT password_hash FROM users');
  return verify(rows[0]!.password_hash, password);
}

async function opens(key: string): Promise<boolean> {
  const { rowCount } = await owner.query('SELECT FROM api_keys WHERE hash = $1 AND revoked_at IS NULL', [hashApiKey(key)]);
  return rowCount === 1;
}

describe('the demo account', () => {
  it('has a way in, a key with every scope, and 1,000 credits', async () => {
    const made = await seed();
    expect(made.tenant_id).toMatch(/^ten_/);
    expect(await signsIn(made.password!)).toBe(true);
    expect(await opens(made.api_key!)).toBe(true);
    const { rows } = await owner.query(`SELECT m.role, array_length(k.scopes, 1) > 3 AS scopes, a.balance FROM memberships m
      JOIN api_keys k USING (tenant_id) JOIN ledger_accounts a USING (tenant_id) WHERE a.kind = 'available'`);
    expect(rows).toEqual([{ role: 'owner', scopes: true, balance: '1000000000' }]);
  });

  it('stays as it is when seeded again, several times at once', async () => {
    const made = await seed();
    const again = await Promise.all([seed({ known: { password: made.password!, api_key: made.api_key! } }), seed(), seed()]);
    expect(again[0]).toEqual(made);
    expect(again[1]).toEqual({ tenant_id: made.tenant_id, email: made.email, password: undefined, api_key: undefined });
    const { rows } = await owner.query(`SELECT (SELECT count(*)::int FROM tenants) AS tenants, (SELECT count(*)::int FROM users) AS users,
      (SELECT count(*)::int FROM api_keys) AS keys, (SELECT count(*)::int FROM ledger_transactions) AS grants`);
    expect(rows).toEqual([{ tenants: 1, users: 1, keys: 1, grants: 1 }]);
  });

  it('takes the password and the key that it is given', async () => {
    await seed();
    const { key } = generateApiKey();
    await seed({ known: { password: 'another one', api_key: key } });
    expect(await signsIn('another one')).toBe(true);
    expect(await opens(key)).toBe(true);
    await expect(seed({ known: { api_key: `${key}0` } })).rejects.toThrow(TypeError);
  });

  it('gets a new key for one that was revoked', async () => {
    const made = await seed();
    await owner.query('UPDATE api_keys SET revoked_at = now()');
    const again = await seed({ known: { password: made.password!, api_key: made.api_key! } });
    expect(again.api_key).not.toBe(made.api_key);
    expect(again.password).toBe(made.password);
    expect(await opens(again.api_key!)).toBe(true);
  });

  it('writes its secrets down before they hold, so that nobody is locked out by a kill', async () => {
    const noted: unknown[] = [];
    await expect(
      seed({
        remember: async (credentials) => {
          noted.push(credentials);
          throw new Error('killed');
        },
      }),
    ).rejects.toThrow('killed');
    expect(noted).toMatchObject([{ email: 'demo@visavis.local' }]);
    expect((await owner.query('SELECT FROM users')).rowCount).toBe(0);
  });

  it('makes new secrets where they are wanted in a file that got lost', async () => {
    const made = await seed();
    const again = await seed({ replaceUnknown: true });
    expect(again.password).not.toBe(made.password);
    expect(await signsIn(again.password!)).toBe(true);
    expect(await opens(again.api_key!)).toBe(true);
  });
});

describe('the built-in voices', () => {
  it('are those that can be spoken, everyone’s, and no longer there when they no longer can be', async () => {
    await owner.query(`INSERT INTO voices (id, name, language, gender, engine) VALUES ('en-us-slt', 'Old name', 'en', 'male', 'x'), ('gone', 'x', 'en', 'male', 'x')`);
    await seed();
    const { rows } = await owner.query('SELECT id, name, language, gender, engine, tenant_id FROM voices');
    expect(rows).toHaveLength(listVoices().length);
    expect(rows).toContainEqual({ id: 'en-us-slt', name: 'Sally', language: 'en-US', gender: 'female', engine: 'flite', tenant_id: null });
  });
});

describe('the credentials file', () => {
  it('is private, and absent reads as unknown', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-seed-'));
    const path = join(folder, 'demo.json');
    try {
      expect(await readCredentials(path)).toEqual({});
      await writeCredentials(path, { email: 'e', password: 'p', api_key: 'k' });
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ email: 'e', password: 'p', api_key: 'k' });
      expect(await readCredentials(path)).toEqual({ password: 'p', api_key: 'k' });
      await writeFile(path, 'null');
      expect(await readCredentials(path)).toEqual({});
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
