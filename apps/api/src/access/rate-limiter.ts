import { Inject, Injectable } from '@nestjs/common';
import { ProblemError, retryLater } from '@visavis/problems';
import type { Redis } from '@visavis/queue';
import { LuaScript } from '../http/lua-script';
import { REDIS } from '../tokens';

const PREFIX = 'vv:limit:';
const NO_MARKER = `${PREFIX}none`;
const REDIS_DEADLINE_MS = 2000;

// KEYS[1] is a marker whose existence refuses everything; the others count requests of a window.
// ARGV[1] is the window in ms, then a limit per counter. Nothing is counted unless all counters have room, so that
// a caller who is refused for one reason doesn't use up what it shares with others.
// Answers { marked, refused, limit, remaining, reset in ms } of the counter with the least room.
const TAKE = new LuaScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return {1, 1, 0, 0, 0} end
local window = tonumber(ARGV[1])
local refused, limit, remaining, reset = 0, 0, nil, 0
for i = 2, #KEYS do
  local max = tonumber(ARGV[i])
  local used = tonumber(redis.call('GET', KEYS[i]) or '0')
  local left = max - used - 1
  if remaining == nil or left < remaining then
    local ttl = redis.call('PTTL', KEYS[i])
    if ttl < 0 then ttl = window end
    limit, remaining, reset = max, left, ttl
  end
  if left < 0 then refused = 1 end
end
if refused == 0 then
  for i = 2, #KEYS do
    if redis.call('INCR', KEYS[i]) == 1 then redis.call('PEXPIRE', KEYS[i], window) end
  end
end
return {0, refused, limit, math.max(remaining or 0, 0), reset}
`);

export interface Counter {
  /** What is counted, for instance `key:<uuid>`. */
  readonly name: string;
  readonly limit: number;
}

export interface RateState {
  /** The marker exists: the key was revoked. */
  readonly marked: boolean;
  readonly refused: boolean;
  readonly limit: number;
  readonly remaining: number;
  readonly resetS: number;
}

/** Counts requests in Redis over windows of fixed length. Without Redis nothing passes: the caller gets a 503. */
@Injectable()
export class RateLimiter {
  constructor(@Inject(REDIS) private readonly redis: Redis) {}

  /**
   * Takes one request from every counter, or from none.
   *
   * @param marker a Redis key whose existence refuses the request outright
   * @throws ProblemError `dependency_unavailable` if Redis can't answer
   */
  async take(counters: readonly Counter[], windowS: number, marker: string = NO_MARKER): Promise<RateState> {
    const keys = [marker, ...counters.map((counter) => `${PREFIX}${windowS}:${counter.name}`)];
    const values = [windowS * 1000, ...counters.map((counter) => counter.limit)];
    const answer = (await this.#answered(TAKE.run(this.redis, keys, values))) as [number, number, number, number, number];
    return { marked: answer[0] === 1, refused: answer[1] === 1, limit: answer[2], remaining: answer[3], resetS: Math.ceil(answer[4] / 1000) };
  }

  /**
   * Takes one request and refuses it with a 429 when there is none left.
   *
   * @throws ProblemError `rate_limited` or `dependency_unavailable`
   */
  async spend(counters: readonly Counter[], windowS: number, detail: string): Promise<void> {
    const state = await this.take(counters, windowS);
    if (state.refused) throw rateLimited(state, detail);
  }

  async #answered<T>(command: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Command timed out')), REDIS_DEADLINE_MS);
    });
    try {
      return await Promise.race([command, deadline]);
    } catch (error) {
      throw retryLater('dependency_unavailable', 'The service cannot count requests just now; please try again.', 2, { cause: error, internal: 'Redis did not answer the rate limiter' });
    } finally {
      clearTimeout(timer);
    }
  }
}

export function rateLimited(state: RateState, detail: string): ProblemError {
  return retryLater('rate_limited', detail, state.resetS, { headers: rateHeaders(state) });
}

export function rateHeaders(state: RateState): Record<string, string> {
  return { 'ratelimit-limit': String(state.limit), 'ratelimit-remaining': String(state.remaining), 'ratelimit-reset': String(state.resetS) };
}
