import { cue as cueSchema, workerEvent, type Cue, type WorkerCommand, type WorkerEvent } from '@visavis/contracts';
import { createQueueConnection, type Redis } from './redis.ts';
import { keys } from './keys.ts';

/** Commands that wait for a worker; a session that is over forgets them after this. */
const SESSION_TTL_S = 6 * 3600;
/** Streamed audio is refused by its own bound long before; this one protects Redis from a bug. */
const MAX_COMMAND_ENTRIES = 50_000;
const MAX_REPORT_ENTRIES = 100_000;

/** A cue that is younger than this when an utterance ends may not have been read yet. */
const UNREAD_MS = 10_000;

/** KEYS commands, face; ARGV cue, its type, most entries, life in s. In one script, so that what is kept and what is told are in one order. */
const CUE_SCRIPT = `
local number = redis.call('HINCRBY', KEYS[2], 'number', 1)
if ARGV[2] == 'expression' or ARGV[2] == 'state' then redis.call('HSET', KEYS[2], ARGV[2], ARGV[1]) end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'command', '{"type":"cue","number":' .. number .. ',"cue":' .. ARGV[1] .. '}')
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return number
`;

export interface WorkerReport {
  sessionId: string;
  epoch: number;
  workerId: string;
  event: WorkerEvent;
}

/** What the API and a worker tell each other about one session while it runs. */
export interface SessionChannel {
  command(sessionId: string, command: Exclude<WorkerCommand, { type: 'cue' }>): Promise<void>;
  /** A command that is numbered; the last expression and state are kept for a second worker. */
  cue(sessionId: string, cue: Cue): Promise<void>;
  /** The last expression and state, as far as there were any, and the number of the last cue. */
  face(sessionId: string): Promise<{ cues: Cue[]; number: number }>;
  /** Appends s16le mono samples of a streamed utterance. */
  audio(sessionId: string, utteranceId: string, pcm: Uint8Array): Promise<void>;
  /** Drops the commands that a second worker will never need, once an utterance is over. */
  forget(sessionId: string, utteranceId: string): Promise<void>;
  report(report: WorkerReport): Promise<void>;
  /** Reports go to one API node each and are gone when `handle` resolves; a failed one comes again. */
  consumeReports(redisUrl: string, consumer: string, handle: (report: WorkerReport) => Promise<void>, onError: (error: unknown) => void): { close(): Promise<void> };
  /** Where speaking has got to, kept with the commands so that a second worker can go on. */
  savePosition(sessionId: string, utteranceId: string, playedMs: number): Promise<void>;
  positions(sessionId: string): Promise<Map<string, number>>;
  /** The epoch that is in force; a worker that holds an older one stops by itself. */
  setEpoch(sessionId: string, epoch: number): Promise<void>;
  /** The epochs in force, 0 for sessions that are over. */
  epochs(sessionIds: readonly string[]): Promise<number[]>;
  touch(sessionId: string): Promise<void>;
  /** Milliseconds of the Unix clock at the last command, 0 when there was none. */
  lastActivity(sessionIds: readonly string[]): Promise<number[]>;
  /** The session is over: its keys go, the commands after a minute, so that the worker still reads its `end`. */
  remove(sessionId: string): Promise<void>;
}

export function createSessionChannel(redis: Redis): SessionChannel {
  return {
    async command(sessionId, command) {
      const key = keys.commands(sessionId);
      const id = await redis.xadd(key, 'MAXLEN', '~', MAX_COMMAND_ENTRIES, '*', 'command', JSON.stringify(command));
      const tail = redis.pipeline().expire(key, SESSION_TTL_S);
      if (command.type === 'speak') tail.hset(keys.pending(sessionId), command.utterance_id, id ?? '0-0').expire(keys.pending(sessionId), SESSION_TTL_S);
      await tail.exec();
    },
    async cue(sessionId, cue) {
      await redis.eval(CUE_SCRIPT, 2, keys.commands(sessionId), keys.face(sessionId), JSON.stringify(cue), cue.type, MAX_COMMAND_ENTRIES, SESSION_TTL_S);
    },
    async face(sessionId) {
      const { number = '0', ...kept } = await redis.hgetall(keys.face(sessionId));
      return { cues: Object.values(kept).map((json) => cueSchema.parse(JSON.parse(json))), number: Number(number) };
    },
    async audio(sessionId, utteranceId, pcm) {
      await redis.xadd(keys.commands(sessionId), 'MAXLEN', '~', MAX_COMMAND_ENTRIES, '*', 'utterance', utteranceId, 'pcm', Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
    },
    async forget(sessionId, utteranceId) {
      await redis.pipeline().hdel(keys.pending(sessionId), utteranceId).hdel(keys.positions(sessionId), utteranceId).exec();
      const waiting = await redis.hvals(keys.pending(sessionId));
      const oldest = waiting.sort(compareStreamIds)[0];
      if (oldest) await redis.xtrim(keys.commands(sessionId), 'MINID', `${Math.max(0, Number(oldest.split('-')[0]) - UNREAD_MS)}-0`);
    },
    async report({ sessionId, epoch, workerId, event }) {
      await redis.xadd(keys.reports, 'MAXLEN', '~', MAX_REPORT_ENTRIES, '*', 'session', sessionId, 'epoch', epoch, 'worker', workerId, 'event', JSON.stringify(event));
    },
    consumeReports(redisUrl, consumer, handle, onError) {
      return startReportLoop(redisUrl, consumer, handle, onError);
    },
    async savePosition(sessionId, utteranceId, playedMs) {
      await redis.pipeline().hset(keys.positions(sessionId), utteranceId, Math.floor(playedMs)).expire(keys.positions(sessionId), SESSION_TTL_S).exec();
    },
    async positions(sessionId) {
      const saved = await redis.hgetall(keys.positions(sessionId));
      return new Map(Object.entries(saved).map(([id, ms]) => [id, Number(ms)]));
    },
    async setEpoch(sessionId, epoch) {
      await redis.set(keys.epoch(sessionId), epoch, 'EX', SESSION_TTL_S);
    },
    async epochs(sessionIds) {
      if (sessionIds.length === 0) return [];
      return (await redis.mget(sessionIds.map((id) => keys.epoch(id)))).map((value) => Number(value ?? 0));
    },
    async touch(sessionId) {
      await redis.set(keys.activity(sessionId), Date.now(), 'EX', SESSION_TTL_S);
    },
    async lastActivity(sessionIds) {
      if (sessionIds.length === 0) return [];
      const values = await redis.mget(sessionIds.map((id) => keys.activity(id)));
      return values.map((value) => Number(value ?? 0));
    },
    async remove(sessionId) {
      await redis
        .pipeline()
        .expire(keys.commands(sessionId), 60)
        .del(keys.epoch(sessionId), keys.face(sessionId), keys.positions(sessionId), keys.pending(sessionId), keys.activity(sessionId))
        .exec();
    },
  };
}

function compareStreamIds(a: string, b: string): number {
  const [aMs = 0, aSeq = 0] = a.split('-').map(Number);
  const [bMs = 0, bSeq = 0] = b.split('-').map(Number);
  return aMs - bMs || aSeq - bSeq;
}

type StreamAnswer = [stream: string, entries: [id: string, fields: string[]][]][] | null;

function startReportLoop(redisUrl: string, consumer: string, handle: (report: WorkerReport) => Promise<void>, onError: (error: unknown) => void) {
  const GROUP = 'api';
  const redis = createQueueConnection(redisUrl);
  let closing = false;

  const take = async (entries: [string, string[]][]) => {
    for (const [id, fields] of entries) {
      const report = parseReport(fields);
      // Tried again in place, so that a session's reports keep their order; after that the reclaim below brings it back.
      for (let attempt = 0; attempt < 5; attempt++) {
        try {
          if (report) await handle(report);
          await redis.multi().xack(keys.reports, GROUP, id).xdel(keys.reports, id).exec();
          break;
        } catch (error) {
          onError(error);
          await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
        }
      }
    }
  };

  const loop = async () => {
    let sinceReclaim = 0;
    while (!closing) {
      try {
        if (sinceReclaim === 0) {
          await redis.xgroup('CREATE', keys.reports, GROUP, '0', 'MKSTREAM').catch(() => undefined); // exists
          // Reports that a node took and didn't finish: it died, or its database was away.
          const [, stale] = (await redis.xautoclaim(keys.reports, GROUP, consumer, 5000, '0', 'COUNT', 100)) as [string, [string, string[]][]];
          if (stale?.length) await take(stale);
        }
        sinceReclaim = (sinceReclaim + 1) % 5;
        const answer = (await redis.xreadgroup('GROUP', GROUP, consumer, 'COUNT', 64, 'BLOCK', 1000, 'STREAMS', keys.reports, '>')) as StreamAnswer;
        for (const [, entries] of answer ?? []) await take(entries);
      } catch (error) {
        if (closing) return;
        onError(error);
        sinceReclaim = 0;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  };
  const running = loop();
  return {
    async close() {
      closing = true;
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 1500))]);
      redis.disconnect();
    },
  };
}

function parseReport(fields: string[]): WorkerReport | null {
  const map = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) map.set(fields[i] as string, fields[i + 1] as string);
  const event = workerEvent.safeParse(JSON.parse(map.get('event') ?? 'null'));
  if (!event.success) return null;
  return { sessionId: map.get('session') ?? '', epoch: Number(map.get('epoch')), workerId: map.get('worker') ?? '', event: event.data };
}
