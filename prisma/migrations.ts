import { readdir, readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { openSchemaEngine, SCRIPT_LOCK } from './schema-engine.ts';

const MIGRATIONS_DIR = fileURLToPath(new URL('./migrations', import.meta.url));
const FILTERS = { externalTables: [], externalEnums: [] };

type Migration = { name: string; sql: string };

/**
 * Applies what is missing and returns the names of it. Reads the same folder and keeps the same `_prisma_migrations` table as `prisma migrate deploy`,
 * so the two can take turns. Migrations that were interrupted are run again: each is one transaction.
 *
 * @throws if a migration that was applied has been edited since, or the server refuses one.
 */
export async function applyMigrations(ownerUrl: string): Promise<string[]> {
  const migrations = await readMigrations();
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 4 });
  // The server may end a connection that is just closing and that nobody listens to any more; a statement that it hits fails by itself.
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    await pool.query('SELECT pg_advisory_xact_lock($1)', [SCRIPT_LOCK]);
    const applied = await readApplied(pool);
    const edited = migrations.find(({ name, sql }) => applied.has(name) && applied.get(name) !== sha256(sql));
    if (edited) throw new Error(`migration ${edited.name} was changed after it had been applied: add a new one instead`);
    // Loading the engine takes longer than everything else together.
    if (migrations.every(({ name }) => applied.has(name))) return [];

    const engine = await openSchemaEngine(pool);
    for (const name of await readInterrupted(pool)) await engine.markMigrationRolledBack({ migrationName: name });
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: {
        baseDir: MIGRATIONS_DIR,
        lockfile: { path: 'migration_lock.toml', content: await readFile(`${MIGRATIONS_DIR}/migration_lock.toml`, 'utf8') },
        shadowDbInitScript: '',
        migrationDirectories: migrations.map(({ name, sql }) => ({
          path: name,
          migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
        })),
      },
      filters: FILTERS,
    });
    return appliedMigrationNames;
  } finally {
    await pool.end();
  }
}

async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(MIGRATIONS_DIR, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(`${MIGRATIONS_DIR}/${name}/migration.sql`, 'utf8') })));
}

async function readApplied(pool: pg.Pool): Promise<Map<string, string>> {
  const rows = await queryHistory<{ name: string; checksum: string }>(
    pool,
    'SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

async function readInterrupted(pool: pg.Pool): Promise<string[]> {
  const rows = await queryHistory<{ name: string }>(
    pool,
    'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL',
  );
  return rows.map(({ name }) => name);
}

async function queryHistory<Row extends pg.QueryResultRow>(pool: pg.Pool, text: string): Promise<Row[]> {
  const { rows } = await pool.query<{ present: boolean }>(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present`);
  return rows[0]?.present ? (await pool.query<Row>(text)).rows : [];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
