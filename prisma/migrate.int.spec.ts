// Real PostgreSQL and Prisma's real schema engine.
import { readdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from './migrate.ts';
import { LOGIN_ROLES, roleUrl } from './roles.ts';
import { openSchemaEngine } from './schema-engine.ts';

// The one that libs/db's test databases use: the roles are shared by every test on the server.
const ROLE_PASSWORD = 'visavis-tests';
const MIGRATIONS = readdirSync(new URL('./migrations', import.meta.url))
  .filter((name) => /^\d{14}_/.test(name))
  .sort();

let server: pg.Client;
const databases: string[] = [];

beforeAll(async () => {
  server = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await server.connect();
});
afterEach(async () => {
  for (const name of databases.splice(0)) await drop(name);
});
afterAll(() => server?.end());

/** A connection that is closing, to which nobody listens any more, must not hear that it was forced: it would throw at no one. */
async function drop(name: string): Promise<void> {
  const connections = async () => (await server.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name])).rowCount ?? 0;
  for (let tries = 0; tries < 100 && (await connections()) > 0; tries++) await setTimeout(50);
  await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
}

async function createDatabase(owner?: string): Promise<string> {
  const name = `visavis_test_${randomBytes(6).toString('hex')}`;
  await server.query(`CREATE DATABASE ${name} ${owner ? `OWNER ${owner}` : ''}`);
  databases.push(name);
  return Object.assign(new URL(process.env.TEST_DATABASE_URL!), { pathname: `/${name}` }).href;
}

async function query<Row extends pg.QueryResultRow>(url: string, text: string, params: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, params)).rows;
  } finally {
    await client.end();
  }
}

describe('migrating', () => {
  it('brings an empty database to this version, and does nothing the second time', async () => {
    const url = await createDatabase();
    expect(await migrate(url, ROLE_PASSWORD)).toEqual(MIGRATIONS);
    expect(await migrate(url, ROLE_PASSWORD)).toEqual([]);
    for (const role of LOGIN_ROLES) expect(await query(roleUrl(url, role, ROLE_PASSWORD), 'SELECT current_user AS role')).toEqual([{ role }]);
  });

  it('keeps the history that `prisma migrate deploy` keeps', async () => {
    const url = await createDatabase();
    await migrate(url, ROLE_PASSWORD);
    const history = await query(url, 'SELECT migration_name, applied_steps_count, finished_at IS NOT NULL AS finished, logs FROM _prisma_migrations ORDER BY started_at');
    expect(history).toEqual(MIGRATIONS.map((migration_name) => ({ migration_name, applied_steps_count: 1, finished: true, logs: null })));
  });

  it('may run several times at once, on one database and on several of one server', async () => {
    const [one, two] = [await createDatabase(), await createDatabase()];
    const applied = await Promise.all([one, one, one, two, two].map((url) => migrate(url, ROLE_PASSWORD)));
    expect(applied.flat().sort()).toEqual([...MIGRATIONS, ...MIGRATIONS].sort());
  });

  it('goes on after it was killed in the middle of a migration', async () => {
    const url = await createDatabase();
    await migrate(url, ROLE_PASSWORD);
    // What a kill leaves: the note that the last one began, and none of its work.
    await query(url, `UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0 WHERE migration_name = '${MIGRATIONS[3]}'`);
    await query(url, `DO $$ DECLARE f regprocedure; BEGIN
      FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname <> 'append_session_event' LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', f); END LOOP; END $$`);
    expect(await migrate(url, ROLE_PASSWORD)).toEqual([MIGRATIONS[3]]);
    expect(await query(url, 'SELECT * FROM ledger_violations()')).toEqual([]);
    expect(await migrate(url, ROLE_PASSWORD)).toEqual([]);
  });

  it('refuses a migration that was edited after it had been applied', async () => {
    const url = await createDatabase();
    await migrate(url, ROLE_PASSWORD);
    await query(url, `UPDATE _prisma_migrations SET checksum = 'other' WHERE migration_name = '${MIGRATIONS[1]}'`);
    await expect(migrate(url, ROLE_PASSWORD)).rejects.toThrow(`${MIGRATIONS[1]} was changed`);
  });

  it('needs no superuser, only an owner that may create roles', async () => {
    await migrate(await createDatabase(), ROLE_PASSWORD);
    const owner = `visavis_owner_${randomBytes(4).toString('hex')}`;
    await server.query(`CREATE ROLE ${owner} LOGIN CREATEROLE PASSWORD '${ROLE_PASSWORD}'`);
    // What it would have from having created them.
    for (const role of [...LOGIN_ROLES, 'visavis_ledger']) await server.query(`GRANT ${role} TO ${owner} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
    try {
      const url = new URL(await createDatabase(owner));
      url.username = owner;
      url.password = ROLE_PASSWORD;
      expect(await migrate(url.href, ROLE_PASSWORD)).toEqual(MIGRATIONS);
      expect(await query(url.href, `SELECT rolsuper OR rolbypassrls AS mighty FROM pg_roles WHERE rolname = current_user`)).toEqual([{ mighty: false }]);
    } finally {
      await drop(databases.pop()!);
      await server.query(`DROP OWNED BY ${owner} CASCADE`);
      await server.query(`DROP ROLE ${owner}`);
    }
  });
});

describe('the migrations and schema.prisma', () => {
  it('describe the same tables', async () => {
    const [fromMigrations, fromSchema] = [await createDatabase(), await createDatabase()];
    await migrate(fromMigrations, ROLE_PASSWORD);
    await query(fromMigrations, 'DROP TABLE _prisma_migrations');
    await query(fromSchema, await scriptOfSchema(fromSchema));
    for (const text of [COLUMNS, KEYS]) expect(await query(fromMigrations, text)).toEqual(await query(fromSchema, text));
    // The migrations may add indexes of kinds that Prisma doesn't know.
    const indexes = await query<{ definition: string }>(fromMigrations, INDEXES);
    expect(indexes.map(({ definition }) => definition)).toEqual(expect.arrayContaining((await query<{ definition: string }>(fromSchema, INDEXES)).map(({ definition }) => definition)));
  });
});

// Lists are left out of the comparison of NOT NULL: Prisma can't say it of them.
const COLUMNS = `SELECT table_name, column_name, udt_name, datetime_precision, column_default, is_nullable = 'YES' AND data_type <> 'ARRAY' AS optional
  FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, column_name`;
const KEYS = `SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f', 'u') ORDER BY 1, 2`;
const INDEXES = `SELECT indexdef AS definition FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`;

async function scriptOfSchema(url: string): Promise<string> {
  const pool = new pg.Pool({ connectionString: url });
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    const engine = await openSchemaEngine(pool);
    const content = await readFile(new URL('./schema.prisma', import.meta.url), 'utf8');
    const { stdout } = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout ?? '';
  } finally {
    await pool.end();
  }
}
