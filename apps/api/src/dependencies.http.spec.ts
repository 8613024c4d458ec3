import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttableProxy, type CuttableProxy } from './testing/cuttable-proxy';
import { createTestApp, type TestApp, type TestTenant } from './testing/test-app';

describe('when a dependency is gone', () => {
  let api: TestApp;
  let tenant: TestTenant;
  let redis: CuttableProxy;
  let s3: CuttableProxy;
  beforeAll(async () => {
    redis = await startCuttableProxy(process.env.TEST_REDIS_URL!);
    s3 = await startCuttableProxy(process.env.TEST_S3_ENDPOINT!);
    api = await createTestApp({ REDIS_URL: redis.url, S3_ENDPOINT: s3.url });
    tenant = await api.createTenant();
  });
  afterAll(async () => {
    await api?.close();
    await redis?.close();
    await s3?.close();
  });

  const untilReady = async () => {
    for (let tries = 0; tries < 100 && (await api.http.get('/readyz')).status !== 200; tries += 1) await sleep(200);
  };

  describe('Redis', () => {
    beforeAll(() => redis.cut());
    afterAll(async () => {
      await redis.mend();
      await untilReady();
    });

    it('readyz is 503 and names it, healthz stays 200', async () => {
      const { body } = await api.http.get('/readyz').expect(503);
      expect(body).toMatchObject({ status: 'not_ready', failing: ['redis'] });
      await api.http.get('/healthz').expect(200);
    });

    it('a request is 503 with Retry-After: nothing passes uncounted', async () => {
      const { body, headers } = await api.http.get('/v1/avatars').auth(tenant.key, { type: 'bearer' }).expect(503);
      expect(body.code).toBe('dependency_unavailable');
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    });

    it('nobody signs in, with the right password neither', async () => {
      const { email, password } = await api.createMember(tenant.tenantId, 'owner');
      const { headers } = await api.http.post('/auth/sign-in').send({ email, password }).expect(503);
      expect(headers['set-cookie']).toBeUndefined();
    });
  });

  it('works again once Redis is back', async () => {
    await api.http.get('/v1/avatars').auth(tenant.key, { type: 'bearer' }).expect(200);
  });

  describe('PostgreSQL', () => {
    let node: Awaited<ReturnType<TestApp['another']>>;
    let postgres: CuttableProxy;
    beforeAll(async () => {
      postgres = await startCuttableProxy(api.database.urls.appUrl);
      const through = (url: string) => Object.assign(new URL(url), { host: new URL(postgres.url).host }).href;
      const { appUrl, systemUrl, meterUrl } = api.database.urls;
      node = await api.another({ DATABASE_URL: through(appUrl), DATABASE_SYSTEM_URL: through(systemUrl), DATABASE_METER_URL: through(meterUrl) });
      await node.http.get('/v1/avatars').auth(tenant.key, { type: 'bearer' }).expect(200);
      await postgres.cut();
    });
    afterAll(async () => {
      await node?.close();
      await postgres?.close();
    });

    it('readyz is 503 and names it, healthz stays 200', async () => {
      expect((await node.http.get('/readyz').expect(503)).body.failing).toEqual(['postgres']);
      await node.http.get('/healthz').expect(200);
    });

    it('a request is 503 with Retry-After, also for a key that is not in memory', async () => {
      for (const key of [tenant.key, (await api.createKey(tenant.tenantId)).key]) {
        const { body, headers } = await node.http.get('/v1/avatars').auth(key, { type: 'bearer' }).expect(503);
        expect(body.code).toBe('dependency_unavailable');
        expect(headers['retry-after']).toBeDefined();
      }
    });

    it('works again once it is back', async () => {
      await postgres.mend();
      await expect.poll(async () => (await node.http.get('/v1/avatars').auth(tenant.key, { type: 'bearer' })).status, { timeout: 20_000, interval: 200 }).toBe(200);
    });
  });

  describe('the object storage', () => {
    beforeAll(() => s3.cut());
    afterAll(async () => {
      await s3.mend();
      await untilReady();
    });

    it('readyz is 503 and names it', async () => {
      expect((await api.http.get('/readyz').expect(503)).body.failing).toEqual(['s3']);
    });

    it('an upload is 503, and what needs no storage goes on', async () => {
      const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(64)]);
      const { body } = await api.http.post('/v1/avatars').auth(tenant.key, { type: 'bearer' }).attach('image', jpeg, 'a.jpg').expect(503);
      expect(body.code).toBe('dependency_unavailable');
      await api.http.get('/v1/avatars').auth(tenant.key, { type: 'bearer' }).expect(200);
    });
  });
});
