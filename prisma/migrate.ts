// Brings the database to this version: roles, then migrations. Safe to repeat and to run twice at once.
//   DATABASE_OWNER_URL  postgresql://owner:password@host:port/database, a role that may create roles
//   ROLE_PASSWORD       what the three roles of the API log in with
import pg from 'pg';
import { fileURLToPath } from 'node:url';
import { applyMigrations } from './migrations.ts';
import { ensureRoles } from './roles.ts';

// Any number that nothing else of this database uses; Prisma's own lock is 72707369.
const LOCK = 8_147_294_403;

/** Roles and migrations under one lock; the names of the migrations that were applied. */
export async function migrate(ownerUrl: string, rolePassword: string): Promise<string[]> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    // The lock ends with the connection, however this process ends.
    await owner.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await ensureRoles(owner, ownerUrl, rolePassword);
    return await applyMigrations(ownerUrl);
  } finally {
    await owner.end();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { DATABASE_OWNER_URL, ROLE_PASSWORD } = process.env;
  if (!DATABASE_OWNER_URL || !ROLE_PASSWORD) {
    console.error('Set DATABASE_OWNER_URL and ROLE_PASSWORD.');
    process.exit(2);
  }
  const applied = await migrate(DATABASE_OWNER_URL, ROLE_PASSWORD);
  console.log(applied.length === 0 ? 'Database: up to date' : `Database: applied ${applied.join(', ')}`);
  // The schema engine leaves a timer of ten seconds behind, from the time-out of its own lock.
  process.exit(0);
}
