import { createHash } from 'node:crypto';
import { isUuid } from '@visavis/ids';
import type pg from 'pg';

export type SqlRow = pg.QueryResultRow;
export type SqlClient = pg.PoolClient;

/**
 * Runs one SQL statement and returns its rows, columns as the database names them, bigint as BigInt. Each text is prepared once per connection, so texts
 * must be constants with `$1` parameters, never put together from values.
 */
export type Sql = <Row extends SqlRow = SqlRow>(text: string, params?: readonly unknown[]) => Promise<Row[]>;

const names = new Map<string, string>();

/** A statement runner on a pool, one statement, one transaction. */
export function createSql(pool: pg.Pool): Sql {
  return async <Row extends SqlRow>(text: string, params: readonly unknown[] = []) =>
    (await pool.query<Row>({ name: statementName(text), text, values: [...params] })).rows;
}

/**
 * One statement in a transaction of its own that is bound to a tenant. BEGIN with the setting, the statement and COMMIT leave in one go, on a pool that
 * was opened with `pipeline`.
 */
export async function queryAsTenant<Row extends SqlRow>(pool: pg.Pool, tenantId: string, text: string, params: readonly unknown[]): Promise<Row[]> {
  assertTenantId(tenantId);
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    // The id can stand in the text because nothing but a canonical UUID got past the check. If the statement fails, COMMIT rolls back.
    const [begun, result, ended] = await Promise.allSettled([
      client.query(`BEGIN; SELECT set_config('app.tenant_id', '${tenantId}', true)`),
      client.query<Row>({ name: statementName(text), text, values: [...params] }),
      client.query('COMMIT'),
    ]);
    for (const end of [begun, ended]) if (end.status === 'rejected') broken = end.reason as Error;
    if (broken) throw broken;
    if (result.status === 'rejected') throw result.reason;
    return result.value.rows;
  } finally {
    client.release(broken);
  }
}

/** Several statements in one transaction on a pool's connection; an error rolls back. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: SqlClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((lost: Error) => (broken = lost));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** @throws TypeError unless it is a UUID in canonical spelling, without a prefix. */
export function assertTenantId(tenantId: string): void {
  if (!isUuid(tenantId)) throw new TypeError('a tenant id must be a bare UUID');
}

function statementName(text: string): string {
  let name = names.get(text);
  if (!name) names.set(text, (name = createHash('sha1').update(text).digest('base64url')));
  return name;
}
