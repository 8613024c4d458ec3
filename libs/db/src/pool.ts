import pg from 'pg';

const INT8 = 20;

// bigint columns hold money and milliseconds: they come as BigInt, not as pg's string. Prisma parses its own results and isn't touched.
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? BigInt : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/** What every pool of the API is opened with. */
export type PoolOptions = { url: string; max: number; applicationName: string; pipeline?: boolean };

/** A pool whose idle connections don't keep the process alive and whose lost ones don't end it. */
export function openPool({ url, max, applicationName, pipeline = false }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    allowExitOnIdle: true,
    keepAlive: true,
    // Nothing here takes long: what does is stuck, and would hold locks and a connection.
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
    types,
    pipeline,
  });
  // A server that restarts drops its connections. Idle ones the pool replaces, others make their queries fail; without these listeners the process would end.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
