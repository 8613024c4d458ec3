// For HTTP tests: the real application on real services, with a database of its own.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { generateApiKey } from '@visavis/api-keys';
import { ALL_KEY_SCOPES, type KeyScope, type MemberRole } from '@visavis/contracts';
import { createTestDatabase, type TestDatabase } from '@visavis/db/testing';
import { newUuid } from '@visavis/ids';
import { createLogger, type Logger } from '@visavis/logging';
import { createRedis } from '@visavis/queue';
import { hash } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import supertest from 'supertest';
import { createApp } from '../app';
import { MediaHost } from '../modules/media/media-host.service';
import { loadApiConfig, type ApiConfig } from '../config';

export const WORKER_TOKEN = 'a-worker-token-for-tests-only';
export const PUBLIC_URL = 'http://api.test';

export interface TestTenant {
  readonly tenantId: string;
  readonly avatarId: string;
  /** A key with every scope. */
  readonly key: string;
}

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly config: ApiConfig;
  readonly database: TestDatabase;
  readonly url: string;
  /** supertest against the listening application */
  readonly http: ReturnType<typeof supertest>;
  createTenant(options?: { allowedOrigins?: string[] }): Promise<TestTenant>;
  /** A live session that this process's media node is said to own, so that no sweep ends it. Bare UUID. */
  createSession(tenant: { tenantId: string; avatarId: string }): Promise<string>;
  createKey(tenantId: string, scopes?: readonly KeyScope[], expiresAt?: Date): Promise<{ id: string; key: string }>;
  createMember(tenantId: string, role: MemberRole): Promise<{ email: string; password: string; userId: string }>;
  /** Signs in and answers the cookie header. */
  signIn(member: { email: string; password: string }): Promise<string>;
  /** A second process on the same services. */
  another(overrides?: Record<string, string>): Promise<{ http: ReturnType<typeof supertest>; close: () => Promise<void> }>;
  close(): Promise<void>;
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`HTTP tests need ${name}; npm test sets it`);
  return value;
}

export function testConfig(urls: TestDatabase['urls'], overrides: Record<string, string> = {}): ApiConfig {
  return loadApiConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    HOST: '127.0.0.1',
    PORT: '0',
    PUBLIC_URL,
    DATABASE_URL: urls.appUrl,
    DATABASE_SYSTEM_URL: urls.systemUrl,
    DATABASE_METER_URL: urls.meterUrl,
    REDIS_URL: required('TEST_REDIS_URL'),
    S3_ENDPOINT: required('TEST_S3_ENDPOINT'),
    S3_REGION: process.env.TEST_S3_REGION ?? 'us-east-1',
    S3_BUCKET: process.env.TEST_S3_BUCKET ?? 'visavis-tests',
    S3_ACCESS_KEY_ID: process.env.TEST_S3_ACCESS_KEY_ID ?? 'S3RVER',
    S3_SECRET_ACCESS_KEY: process.env.TEST_S3_SECRET_ACCESS_KEY ?? 'S3RVER',
    MEDIA_LISTEN: '127.0.0.1',
    MEDIASOUP_WORKER_BIN: process.env.MEDIASOUP_WORKER_BIN,
    SECRET_KEY: 'a secret key for tests only, long enough',
    WORKER_TOKEN,
    ...overrides,
  });
}

async function start(config: ApiConfig, logger?: Logger): Promise<{ app: NestFastifyApplication; url: string }> {
  const app = await createApp(config, logger ?? createLogger({ app: 'api', level: config.logLevel }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, url: await app.getUrl() };
}

export async function createTestApp(overrides: Record<string, string> = {}, logger?: Logger): Promise<TestApp> {
  const database = await createTestDatabase();
  // Counters of the suite before must not refuse this one's requests. Suites come one after another.
  const redis = createRedis(required('TEST_REDIS_URL'));
  await redis.flushdb().finally(() => redis.disconnect());
  const config = testConfig(database.urls, overrides);
  const { app, url } = await start(config, logger);
  const http = supertest(url);

  const test: TestApp = {
    app,
    config,
    database,
    url,
    http,
    async createTenant({ allowedOrigins = [] } = {}) {
      const tenant = await database.createTenant();
      await database.ownerSql('UPDATE tenants SET allowed_origins = $2 WHERE id = $1', [tenant.tenantId, allowedOrigins]);
      const { key } = await test.createKey(tenant.tenantId);
      return { ...tenant, key };
    },
    async createSession(tenant) {
      const id = await database.createSession(tenant);
      await database.ownerSql('UPDATE sessions SET media_node_id = $2 WHERE id = $1', [id, app.get(MediaHost).nodeId]);
      return id;
    },
    async createKey(tenantId, scopes = ALL_KEY_SCOPES, expiresAt) {
      const { key, hash: keyHash, displayPrefix } = generateApiKey();
      const id = newUuid();
      await database.ownerSql('INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)', [
        id,
        tenantId,
        'Test',
        displayPrefix,
        Buffer.from(keyHash),
        [...scopes],
        expiresAt ?? null,
      ]);
      return { id, key };
    },
    async createMember(tenantId, role) {
      const userId = newUuid();
      const email = `${userId}@example.com`;
      const password = randomBytes(12).toString('base64url');
      await database.ownerSql('INSERT INTO users (id, email, password_hash, name) VALUES ($1, $2, $3, $4)', [userId, email, await hash(password), 'Test']);
      await database.ownerSql('INSERT INTO memberships (id, tenant_id, user_id, role) VALUES ($1, $2, $3, $4)', [newUuid(), tenantId, userId, role]);
      return { email, password, userId };
    },
    async signIn({ email, password }) {
      const answer = await http.post('/auth/sign-in').send({ email, password }).expect(200);
      return String(answer.headers['set-cookie']).split(';')[0]!;
    },
    async another(more) {
      const second = await start(more === undefined ? config : testConfig(database.urls, { ...overrides, ...more }));
      return { http: supertest(second.url), close: () => second.app.close() };
    },
    async close() {
      await app.close();
      await database.drop();
    },
  };
  return test;
}
