// The API as main starts it, over real services and a database of its own. For `*.http.spec.ts`.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import supertest from 'supertest';
import { displayPrefix, generateApiKey, hashApiKey } from '@visavis/api-keys';
import { ALL_KEY_SCOPES, type KeyScope } from '@visavis/contracts';
import { createLedger } from '@visavis/credits';
import { createTestDatabase, type TestDatabase } from '@visavis/db/testing';
import { newUuid } from '@visavis/ids';
import { createLogger } from '@visavis/logging';
import { createRedis, type Redis } from '@visavis/queue';
import { createApp } from '../app';
import { loadApiConfig, type ApiConfig } from '../config';

export interface TestTenant {
  tenantId: string;
  /** Bare UUID of an avatar that is ready. */
  avatarId: string;
  /** An API key with all scopes. */
  key: string;
}

export interface TestApi {
  app: NestFastifyApplication;
  config: ApiConfig;
  database: TestDatabase;
  redis: Redis;
  /** supertest on the running server. */
  http: ReturnType<typeof supertest>;
  url: string;
  workerToken: string;
  createTenant(options?: { credits?: bigint; concurrencyLimit?: number }): Promise<TestTenant>;
  createKey(tenantId: string, scopes?: readonly KeyScope[], expiresAt?: Date): Promise<string>;
  close(): Promise<void>;
}

/** Whether the services that these tests need are there; without them a suite skips, and says so. */
export const servicesAtHand = ['TEST_DATABASE_URL', 'TEST_REDIS_URL', 'TEST_S3_ENDPOINT', 'MEDIASOUP_WORKER_BIN'].every((name) => process.env[name]);

export async function startTestApi(environment: Record<string, string> = {}): Promise<TestApi> {
  const database = await createTestDatabase();
  const workerToken = randomBytes(16).toString('hex');
  // Redis is shared by all suites of a run, which come one after another.
  const redis = createRedis(process.env['TEST_REDIS_URL'] ?? '');
  await redis.flushdb();
  const config = loadApiConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'fatal',
    HOST: '127.0.0.1',
    PORT: '0',
    PUBLIC_URL: 'http://127.0.0.1:3000',
    DATABASE_URL: database.urls.appUrl,
    DATABASE_SYSTEM_URL: database.urls.systemUrl,
    DATABASE_METER_URL: database.urls.meterUrl,
    REDIS_URL: process.env['TEST_REDIS_URL'],
    S3_ENDPOINT: process.env['TEST_S3_ENDPOINT'],
    S3_REGION: process.env['TEST_S3_REGION'],
    S3_BUCKET: process.env['TEST_S3_BUCKET'],
    S3_ACCESS_KEY_ID: process.env['TEST_S3_ACCESS_KEY_ID'],
    S3_SECRET_ACCESS_KEY: process.env['TEST_S3_SECRET_ACCESS_KEY'],
    MEDIA_LISTEN: '127.0.0.1',
    MEDIASOUP_WORKER_BIN: process.env['MEDIASOUP_WORKER_BIN'],
    SECRET_KEY: randomBytes(32).toString('hex'),
    WORKER_TOKEN: workerToken,
    ...environment,
  });
  const app = await createApp(config, createLogger({ app: 'api', level: config.logLevel }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const ledger = createLedger(database.db);

  const createKey: TestApi['createKey'] = async (tenantId, scopes = ALL_KEY_SCOPES, expiresAt) => {
    const { key } = generateApiKey();
    await database.ownerSql('INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)', [
      newUuid(),
      tenantId,
      'test',
      displayPrefix(key),
      hashApiKey(key),
      [...scopes],
      expiresAt ?? null,
    ]);
    return key;
  };

  return {
    app,
    config,
    database,
    redis,
    http: supertest(url),
    url,
    workerToken,
    createKey,
    async createTenant({ credits = 100_000_000n, concurrencyLimit } = {}) {
      const { tenantId, avatarId } = await database.createTenant();
      if (credits > 0n) await ledger.grant(tenantId, credits, { idempotencyKey: 'test' });
      if (concurrencyLimit !== undefined) await database.ownerSql('UPDATE tenants SET concurrency_limit = $2 WHERE id = $1', [tenantId, concurrencyLimit]);
      return { tenantId, avatarId, key: await createKey(tenantId) };
    },
    async close() {
      await app.close();
      redis.disconnect();
      await database.drop();
    },
  };
}
