import { workerCommand, type WorkerCommand } from '@visavis/contracts';
import { createQueueConnection, type Redis } from './redis.ts';
import { keys } from './keys.ts';

export type CommandEntry =
  | { kind: 'command'; command: WorkerCommand }
  /** s16le mono samples of a streamed utterance. */
  | { kind: 'audio'; utteranceId: string; pcm: Buffer };

/** Reads the commands of all of a worker's sessions over one blocking connection. */
export interface CommandReader {
  /** Delivers the session's entries in order, from the first that is kept. */
  subscribe(sessionId: string, deliver: (entry: CommandEntry) => void): () => void;
  close(): Promise<void>;
}

type BufferAnswer = [stream: Buffer, entries: [id: Buffer, fields: Buffer[]][]][] | null;

export function createCommandReader(redisUrl: string, redis: Redis, workerId: string, onError: (error: unknown) => void): CommandReader {
  const blocking = createQueueConnection(redisUrl);
  const wake = keys.workerWake(workerId);
  const streams = new Map<string, { lastId: string; deliver: (entry: CommandEntry) => void }>();
  let wakeId = '$';
  let closing = false;

  const loop = async () => {
    while (!closing) {
      try {
        const names = [wake, ...streams.keys()];
        const ids = [wakeId, ...[...streams.values()].map((stream) => stream.lastId)];
        // A new subscription ends the wait by an entry on `wake`.
        const answer = (await blocking.xreadBuffer('COUNT', 200, 'BLOCK', 2000, 'STREAMS', ...names, ...ids)) as BufferAnswer;
        for (const [name, entries] of answer ?? []) {
          const key = name.toString();
          const stream = streams.get(key);
          for (const [id, fields] of entries) {
            if (key === wake) wakeId = id.toString();
            if (!stream) continue;
            stream.lastId = id.toString();
            const entry = parseEntry(fields);
            if (entry) stream.deliver(entry);
          }
        }
      } catch (error) {
        if (closing) return;
        onError(error);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  };
  wakeId = '0-0';
  const running = loop();

  return {
    subscribe(sessionId, deliver) {
      const key = keys.commands(sessionId);
      streams.set(key, { lastId: '0-0', deliver });
      redis.xadd(wake, 'MAXLEN', 10, '*', 'wake', '1').catch(onError);
      return () => streams.delete(key);
    },
    async close() {
      closing = true;
      await redis.xadd(wake, 'MAXLEN', 10, '*', 'wake', '1').catch(() => undefined);
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 2500))]);
      blocking.disconnect();
      await redis.del(wake).catch(() => undefined);
    },
  };
}

function parseEntry(fields: Buffer[]): CommandEntry | null {
  const name = fields[0]?.toString();
  if (name === 'command') {
    const parsed = workerCommand.safeParse(JSON.parse(fields[1]?.toString() ?? 'null'));
    return parsed.success ? { kind: 'command', command: parsed.data } : null;
  }
  const pcm = fields[3];
  if (name === 'utterance' && pcm) return { kind: 'audio', utteranceId: fields[1]?.toString() ?? '', pcm };
  return null;
}
