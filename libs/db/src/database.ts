import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { createBounded } from './bounded.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';
import { openPool } from './pool.ts';
import { assertTenantId, createSql, inTransaction, queryAsTenant, type Sql, type SqlClient, type SqlRow } from './sql.ts';

export type TenantTransaction = Prisma.TransactionClient;

export type DatabaseOptions = {
  /** Address at which visavis_app logs in. */
  appUrl: string;
  /** Address at which visavis_system logs in. */
  systemUrl: string;
  /** Address at which visavis_meter logs in. */
  meterUrl: string;
  /** Connections per pool; there are four pools, of which the metering one has a third. Default 10. */
  poolMax?: number;
};

/** The database, seen as the three roles that may log in. Ids are bare UUIDs in here; libs/ids dresses them at the edge. */
export type Database = {
  /**
   * One transaction that sees and writes the rows of one tenant, by Prisma. No more run at a time than the pool has connections, so never call it inside
   * itself. visavis_app may not read `users.password_hash`: select columns there.
   */
  withTenant<T>(tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T>;
  /** One statement as one tenant, at a fraction of withTenant's cost: for hot reads. */
  tenantSql<Row extends SqlRow = SqlRow>(tenantId: string, text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Prisma as visavis_system, for what has no tenant yet or many. */
  readonly system: PrismaClient;
  readonly systemSql: Sql;
  /** Several statements as visavis_system in one transaction; an error rolls back. */
  systemTransaction<T>(work: (client: SqlClient) => Promise<T>): Promise<T>;
  /** visavis_meter: usage and the ledger's functions. */
  readonly meterSql: Sql;
  /** @throws if one of the roles can't reach the database. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

const TRANSACTION_LIMITS = { maxWait: 10_000, timeout: 15_000 };

/** Opens the pools; the first connection is made by the first query. */
export function createDatabase({ appUrl, systemUrl, meterUrl, poolMax = 10 }: DatabaseOptions): Database {
  const appPool = openPool({ url: appUrl, max: poolMax, applicationName: 'visavis app' });
  const readPool = openPool({ url: appUrl, max: poolMax, applicationName: 'visavis reads', pipeline: true });
  const systemPool = openPool({ url: systemUrl, max: poolMax, applicationName: 'visavis system' });
  const meterPool = openPool({ url: meterUrl, max: Math.max(2, Math.ceil(poolMax / 3)), applicationName: 'visavis meter' });
  const app = openPrisma(appPool);
  const system = openPrisma(systemPool);
  const bounded = createBounded(poolMax);
  const systemSql = createSql(systemPool);
  const meterSql = createSql(meterPool);

  return {
    async withTenant(tenantId, work) {
      assertTenantId(tenantId);
      return bounded(() =>
        app.$transaction(async (tx) => {
          await tx.$executeRaw`SELECT set_config('app.tenant_id', ${tenantId}, true)`;
          return work(tx);
        }, TRANSACTION_LIMITS),
      );
    },
    tenantSql: (tenantId, text, params = []) => queryAsTenant(readPool, tenantId, text, params),
    system,
    systemSql,
    systemTransaction: (work) => inTransaction(systemPool, work),
    meterSql,
    async ping() {
      await Promise.all([readPool, systemPool, meterPool].map((pool) => pool.query('SELECT 1')));
    },
    async close() {
      await Promise.all([app.$disconnect(), system.$disconnect()]);
      await Promise.all([appPool, readPool, systemPool, meterPool].map((pool) => pool.end()));
    },
  };
}

function openPrisma(pool: pg.Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool), transactionOptions: TRANSACTION_LIMITS });
}
