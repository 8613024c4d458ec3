import type { SessionEvent } from '@visavis/contracts';
import { createQueueConnection, type Redis } from './redis.ts';
import { keys } from './keys.ts';

/** Carries a session's events to every API node with a listener. Losing one is harmless: listeners fill gaps from the database by `seq`. */
export interface Feed {
  publish(event: SessionEvent): Promise<void>;
  subscribe(sessionId: string, listen: (event: SessionEvent) => void): Promise<() => Promise<void>>;
  /** Says that an utterance has new timings; whoever wants them reads them from the database. */
  publishTimings(sessionId: string, utteranceId: string): Promise<void>;
  subscribeTimings(sessionId: string, listen: (utteranceId: string) => void): Promise<() => Promise<void>>;
  close(): void;
}

export function createFeed(redisUrl: string, redis: Redis): Feed {
  const subscriber = createQueueConnection(redisUrl);
  const listeners = new Map<string, Set<(message: string) => void>>();
  subscriber.on('message', (channel: string, message: string) => {
    for (const listen of listeners.get(channel) ?? []) listen(message);
  });

  async function subscribe(channel: string, listen: (message: string) => void): Promise<() => Promise<void>> {
    const set = listeners.get(channel) ?? new Set();
    listeners.set(channel, set.add(listen));
    if (set.size === 1) await subscriber.subscribe(channel);
    return async () => {
      set.delete(listen);
      if (set.size > 0 || listeners.get(channel) !== set) return;
      listeners.delete(channel);
      await subscriber.unsubscribe(channel);
    };
  }

  return {
    async publish(event) {
      await redis.publish(keys.feed(event.session_id), JSON.stringify(event));
    },
    subscribe(sessionId, listen) {
      return subscribe(keys.feed(sessionId), (message) => listen(JSON.parse(message) as SessionEvent));
    },
    async publishTimings(sessionId, utteranceId) {
      await redis.publish(keys.timingsFeed(sessionId), utteranceId);
    },
    subscribeTimings(sessionId, listen) {
      return subscribe(keys.timingsFeed(sessionId), listen);
    },
    close() {
      subscriber.disconnect();
    },
  };
}
