// Real: Redis at TEST_REDIS_URL.
import { createRedis, type Redis } from '@visavis/queue';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RateLimiter } from './rate-limiter';

describe('the rate limiter', () => {
  let redis: Redis;
  let limiter: RateLimiter;
  beforeAll(() => {
    const url = process.env.TEST_REDIS_URL;
    if (url === undefined) throw new Error('these tests need TEST_REDIS_URL; npm test sets it');
    redis = createRedis(url);
    limiter = new RateLimiter(redis);
  });
  afterAll(() => redis?.disconnect());

  const counter = (limit: number) => ({ name: `test:${randomUUID()}`, limit });

  it('lets exactly as many through as the limit says, however many come at once', async () => {
    const one = counter(20);
    const states = await Promise.all(Array.from({ length: 100 }, () => limiter.take([one], 60)));
    expect(states.filter((state) => !state.refused)).toHaveLength(20);
  });

  it('reports the counter with the least room', async () => {
    const state = await limiter.take([counter(10), counter(3), counter(5)], 60);
    expect(state).toMatchObject({ refused: false, limit: 3, remaining: 2 });
    expect(state.resetS).toBeLessThanOrEqual(60);
  });

  it('uses up nothing of a shared counter for a request that another one refuses', async () => {
    const shared = counter(10);
    const own = counter(1);
    await limiter.take([own, shared], 60);
    for (let again = 0; again < 5; again += 1) expect((await limiter.take([own, shared], 60)).refused).toBe(true);
    expect((await limiter.take([shared], 60)).remaining).toBe(8);
  });

  it('begins anew when the window is over', async () => {
    const one = counter(1);
    await limiter.take([one], 1);
    expect((await limiter.take([one], 1)).refused).toBe(true);
    await expect.poll(async () => (await limiter.take([one], 1)).refused, { timeout: 10_000, interval: 100 }).toBe(false);
  });

  it('refuses outright where the marker is', async () => {
    const marker = `vv:test:${randomUUID()}`;
    const one = counter(10);
    expect((await limiter.take([one], 60, marker)).marked).toBe(false);
    await redis.set(marker, '1', 'EX', 60);
    expect(await limiter.take([one], 60, marker)).toMatchObject({ marked: true, refused: true });
    await redis.del(marker);
    expect((await limiter.take([one], 60, marker)).remaining).toBe(8);
  });

  it('without limits still looks for the marker', async () => {
    const marker = `vv:test:${randomUUID()}`;
    expect(await limiter.take([], 60, marker)).toMatchObject({ marked: false, refused: false });
    await redis.set(marker, '1', 'EX', 60);
    expect((await limiter.take([], 60, marker)).marked).toBe(true);
  });

  it('works after Redis forgot its scripts', async () => {
    await redis.script('FLUSH');
    expect((await limiter.take([counter(1)], 60)).refused).toBe(false);
  });

  it('says 429 with what is needed to come back', async () => {
    const one = counter(0);
    await expect(limiter.spend([one], 60, 'Too many.')).rejects.toMatchObject({ code: 'rate_limited', headers: { 'retry-after': '60', 'ratelimit-limit': '0', 'ratelimit-remaining': '0' } });
  });
});
