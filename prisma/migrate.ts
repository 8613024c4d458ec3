// Brings the database to this version: roles, then migrations. Safe to repeat and to run twice at once.
//   DATABASE_OWNER_URL  postgresql://owner:password@host:port/database, a role that may create roles
//   ROLE_PASSWORD       what the three roles of the API log in with
import pg from 'pg';
import { fileURLToPath } from 'node:url';
import { applyMigrations } from './migrations.ts';
import { ensureRoles } from './roles.ts';

// Any number that nothing else of this database uses; Prisma's own lock is 72707369.
const LOCK = 8_147_294_403;

const CONNECT_TIMEOUT_MS = 10_000;
const INSUFFICIENT_PRIVILEGE = '42501';

/** The database can't be used as its owner: for a reason outside this program, told in one sentence that contains no password. */
export class DatabaseUnusableError extends Error {
  override readonly name = 'DatabaseUnusableError';
}

/**
 * Roles and migrations under one lock; the names of the migrations that were applied.
 *
 * @throws DatabaseUnusableError if the address is none, nobody answers there or the login is refused.
 */
export async function migrate(ownerUrl: string, rolePassword: string): Promise<string[]> {
  const owner = await connectOwner(ownerUrl);
  try {
    // The lock ends with the connection, however this process ends.
    await owner.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await ensureRoles(owner, ownerUrl, rolePassword);
    return await applyMigrations(ownerUrl);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new DatabaseUnusableError(`The owner may not do what is needed (${error.message}): give it CREATEROLE and the database, or correct DATABASE_OWNER_URL.`);
  } finally {
    await owner.end();
  }
}

async function connectOwner(ownerUrl: string): Promise<pg.Client> {
  const url = URL.canParse(ownerUrl) ? new URL(ownerUrl) : undefined;
  if (!url?.hostname || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new DatabaseUnusableError('DATABASE_OWNER_URL is not an address like postgresql://owner:password@host:5432/database.');
  }
  const place = `The database at ${url.hostname}:${url.port || 5432}`;
  const owner = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  try {
    await owner.connect();
    return owner;
  } catch (error) {
    await owner.end().catch(() => undefined);
    if (error instanceof pg.DatabaseError) throw new DatabaseUnusableError(`${place} refuses the owner (${error.message}): correct DATABASE_OWNER_URL.`);
    throw new DatabaseUnusableError(`${place} cannot be reached (${reasonOf(error)}): start it, or correct DATABASE_OWNER_URL.`);
  }
}

/** A name that stands for several addresses fails with one error for each and no message of its own, only a code. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? String(error);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { DATABASE_OWNER_URL, ROLE_PASSWORD } = process.env;
  if (!DATABASE_OWNER_URL || !ROLE_PASSWORD) {
    console.error('Set DATABASE_OWNER_URL and ROLE_PASSWORD.');
    process.exit(2);
  }
  const applied = await migrate(DATABASE_OWNER_URL, ROLE_PASSWORD).catch((error: unknown) => {
    if (!(error instanceof DatabaseUnusableError)) throw error;
    console.error(error.message);
    process.exit(1);
  });
  console.log(applied.length === 0 ? 'Database: up to date' : `Database: applied ${applied.join(', ')}`);
  // The schema engine leaves a timer of ten seconds behind, from the time-out of its own lock.
  process.exit(0);
}
