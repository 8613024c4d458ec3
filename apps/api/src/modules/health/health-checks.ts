import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@visavis/db';
import type { Redis } from '@visavis/queue';
import type { Storage } from '@visavis/storage';
import { DATABASE, REDIS, STORAGE } from '../../tokens';

const CHECK_DEADLINE_MS = 3000;

export type CheckResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** What this process can't work without. Other modules add theirs (media) when they start. */
@Injectable()
export class HealthChecks {
  readonly #checks = new Map<string, () => Promise<unknown>>();

  constructor(@Inject(DATABASE) database: Database, @Inject(REDIS) redis: Redis, @Inject(STORAGE) storage: Storage) {
    this.add('postgres', () => database.ping());
    this.add('redis', () => redis.ping());
    this.add('s3', () => storage.ping());
  }

  /** `check` rejects when the dependency doesn't work. */
  add(name: string, check: () => Promise<unknown>): void {
    this.#checks.set(name, check);
  }

  async run(): Promise<Record<string, CheckResult>> {
    const results = await Promise.all([...this.#checks].map(async ([name, check]) => [name, await within(check)] as const));
    return Object.fromEntries(results);
  }
}

async function within(check: () => Promise<unknown>): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), CHECK_DEADLINE_MS);
  });
  try {
    await Promise.race([check(), deadline]);
    return { ok: true };
  } catch (error) {
    // The code alone: messages of drivers name addresses and users.
    const { code } = error as { code?: unknown };
    return { ok: false, reason: typeof code === 'string' ? code : 'unreachable' };
  } finally {
    clearTimeout(timer);
  }
}
