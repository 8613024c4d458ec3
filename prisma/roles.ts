import pg from 'pg';

/** The roles that log in; the migrations say what each may do. */
export const LOGIN_ROLES = ['visavis_app', 'visavis_system', 'visavis_meter'] as const;
export type LoginRole = (typeof LOGIN_ROLES)[number];

const LEDGER_ROLE = 'visavis_ledger';
const ATTRIBUTES = 'NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT';

// Roles belong to the whole server. Another database of it may be set up at the same moment, and then one of the two loses a race: try again.
const LOST_RACE = new Set(['42710', '23505', 'XX000']);
const ATTEMPTS = 10;

/** The address at which a role logs in to the database that the owner's address names. */
export function roleUrl(ownerUrl: string, role: LoginRole, password: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = encodeURIComponent(password);
  return url.href;
}

/**
 * Creates the roles that are missing and sets the password where it is another one. Costs a log-in per role when there is nothing to do.
 *
 * @throws the server's error if the owner may not create roles.
 */
export async function ensureRoles(owner: pg.Client, ownerUrl: string, password: string): Promise<void> {
  for (const role of LOGIN_ROLES) {
    if (await canLogIn(roleUrl(ownerUrl, role, password))) continue;
    await retryLostRace(async () => {
      const statement = (await exists(owner, role)) ? 'ALTER' : 'CREATE';
      await owner.query(`${statement} ROLE ${role} LOGIN ${await attributes(owner)} PASSWORD ${owner.escapeLiteral(password)}`);
    });
  }
  await retryLostRace(async () => {
    if (!(await exists(owner, LEDGER_ROLE))) await owner.query(`CREATE ROLE ${LEDGER_ROLE} NOLOGIN ${await attributes(owner)}`);
  });
}

// Only a superuser may mention these two at all, and without a superuser nobody can have set them.
async function attributes(owner: pg.Client): Promise<string> {
  const { rows } = await owner.query<{ super: boolean }>('SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user');
  return rows[0]?.super ? ATTRIBUTES : ATTRIBUTES.replace('NOSUPERUSER NOBYPASSRLS ', '').replace('NOREPLICATION ', '');
}

async function exists(owner: pg.Client, role: string): Promise<boolean> {
  const { rowCount } = await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  return rowCount === 1;
}

async function canLogIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ safe: boolean }>(
      'SELECT NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb) AS safe FROM pg_roles WHERE rolname = current_user',
    );
    return rows[0]?.safe === true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function retryLostRace(change: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await change();
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof pg.DatabaseError) || !LOST_RACE.has(error.code ?? '')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt * Math.random()));
    }
  }
}
