import { inspect } from 'node:util';
import { ConfigError } from '@visavis/config';
import { describe, expect, it } from 'vitest';
import { loadApiConfig } from './config';

const environment = {
  DATABASE_URL: 'postgres://app:geheim@127.0.0.1/visavis',
  DATABASE_SYSTEM_URL: 'postgres://system:geheim@127.0.0.1/visavis',
  DATABASE_METER_URL: 'postgres://meter:geheim@127.0.0.1/visavis',
  REDIS_URL: 'redis://:geheim@127.0.0.1:6379',
  S3_ENDPOINT: 'http://127.0.0.1:9000',
  S3_BUCKET: 'visavis',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'geheim',
  SECRET_KEY: 'geheim'.repeat(6),
  WORKER_TOKEN: 'geheim'.repeat(3),
};

describe('the configuration of the API', () => {
  it('has sensible bounds where nothing is said', () => {
    const config = loadApiConfig(environment);
    expect(config.http).toMatchObject({ host: '0.0.0.0', port: 3000, publicUrl: 'http://localhost:3000', trustProxyHops: 0, rateLimitPerMinute: 6000 });
    expect(config.s3.forcePathStyle).toBe(true);
    expect(config.media).toMatchObject({ workers: 1, iceServers: [] });
  });

  it('shows no secret however it is printed', () => {
    const config = loadApiConfig(environment);
    expect(inspect(config, { depth: 10, showHidden: true })).not.toContain('geheim');
    expect(JSON.stringify(config)).not.toContain('geheim');
  });

  it('cannot be changed', () => {
    const config = loadApiConfig(environment);
    expect(() => ((config.http as { port: number }).port = 1)).toThrow(TypeError);
  });

  it('says everything that is missing or wrong at once', () => {
    try {
      loadApiConfig({ ...environment, DATABASE_URL: '', PORT: 'http', LOG_LEVEL: 'loud', ICE_SERVERS: '{', SECRET_KEY: 'short' });
      expect.unreachable();
    } catch (error) {
      expect((error as ConfigError).problems.map((problem) => problem.split(' ')[0])).toEqual(['LOG_LEVEL', 'PORT', 'DATABASE_URL', 'ICE_SERVERS', 'SECRET_KEY']);
    }
  });
});
