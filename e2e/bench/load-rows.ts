import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreatedSession } from '../support/api-types.ts';
import { speechSample, wav } from '../support/speech-sample.ts';
import { pause, until } from '../support/until.ts';
import { coresBetween, processUse, useOf } from './processes.ts';
import { ReceiverPool } from './receiver-pool.ts';
import type { Bench, Measured, Row } from './row.ts';

const SETTLE_MS = 2500;
const STEP_MS = 12_000;
const MINUTE_MS = 60_000;
const MAX_LATE_MS = 40;
/** Of the pictures of a minute: what a viewer may miss before it counts as not 25 a second. */
const MAX_MISSING = 0.005;

interface LoadResult {
  sessions: number;
  seconds: number;
  /** Over all sessions, as they arrived: by the time stamps of the pictures, against the earliest one. */
  frames: number;
  late: number;
  missing: number;
  maxLateMs: number;
  /** What the worker itself counted, from each session's start to its end, ramp included. */
  senderFrames: number;
  senderLate: number;
  senderDropped: number;
  cores: Record<string, number>;
  rssMib: Record<string, number>;
  held: boolean;
}

/** Speaking sessions with one viewer each that receives and does not decode: as many as go without a late frame. */
export const speakingRow: Row = {
  ids: ['speaking', 'memory'],
  async measure(bench: Bench) {
    const results: LoadResult[] = [];
    let best: LoadResult | undefined;
    for (const sessions of [8, 10, 12, 14, 17, 20]) {
      const result = await runLoad(bench, sessions, STEP_MS, true);
      results.push(result);
      if (result.held) best = result;
      else break;
    }
    // The step was a taste: the promise is a minute.
    for (const sessions of descending(best?.sessions ?? 8)) {
      const minute = await runLoad(bench, sessions, MINUTE_MS, true);
      results.push(minute);
      best = minute.held ? minute : undefined;
      if (minute.held) break;
    }
    // Memory counts even where ten are too many to be on time.
    const ten = results.find(({ sessions }) => sessions >= 10) ?? (await runLoad(bench, 10, SETTLE_MS, true));
    const worst = results.at(-1)!;
    const worker = Math.max(...Object.entries(ten.rssMib).filter(([name]) => name.startsWith('worker')).map(([, mib]) => mib));
    const rows: Measured[] = [
      {
        id: 'speaking',
        what: 'speaking sessions at 25 fps on this machine, one viewer each, no frame over 40 ms late in a minute',
        target: '≥ 14 (8 is a must)',
        measured: best
          ? `${best.sessions} (${best.late} late, ${best.missing} missing of ${best.frames}; latest ${best.maxLateMs.toFixed(0)} ms)`
          : `fewer than ${worst.sessions} (at ${worst.sessions}: ${worst.late} late, ${worst.missing} missing of ${worst.frames})`,
        reached: (best?.sessions ?? 0) >= 14,
        details: { must: 8, steps: results },
      },
      {
        id: 'memory-worker',
        what: 'memory of a worker with 10 sessions',
        target: '< 1.5 GiB',
        measured: `${worker.toFixed(0)} MiB with ${ten.sessions}`,
        reached: worker < 1536,
        details: { rss_mib: ten.rssMib },
      },
      {
        id: 'memory-api',
        what: 'memory of the API at the same time',
        target: '< 400 MiB',
        measured: `${ten.rssMib['api']?.toFixed(0)} MiB with ${ten.sessions} (and ${ten.rssMib['mediasoup']?.toFixed(0)} MiB mediasoup)`,
        reached: (ten.rssMib['api'] ?? Infinity) < 400,
        details: {},
      },
    ];
    return rows;
  },
};

export const idleRow: Row = {
  ids: ['idle'],
  async measure(bench: Bench) {
    const steps: LoadResult[] = [];
    for (const sessions of [10, 20, 40, 70, 100]) {
      steps.push(await runLoad(bench, sessions, STEP_MS, false));
      if (!steps.at(-1)!.held) break;
    }
    const best = steps.findLast(({ held }) => held);
    const last = steps.at(-1)!;
    return [
      {
        id: 'idle',
        what: 'the same with idle avatars',
        target: '≥ 100',
        measured: `${best?.sessions ?? 0}${best === last ? '' : `; at ${last.sessions}: ${last.late} late, ${last.missing} missing of ${last.frames}`} (12 s each)`,
        reached: (best?.sessions ?? 0) >= 100,
        details: { steps },
      },
    ];
  },
};

/** How many to try for a minute, after a shorter step said how many might do. */
function descending(from: number): number[] {
  return [from, from - 2, from - 4].filter((sessions) => sessions >= 4);
}

async function runLoad({ stage, avatar }: Bench, count: number, durationMs: number, speaking: boolean): Promise<LoadResult> {
  const { api, product } = stage;
  const receivers = new ReceiverPool();
  const sessions: CreatedSession[] = [];
  try {
    const speech = await speechSample('Papa bought a bottle of water from my mother. Open the window, we may go home. '.repeat(16));
    const audio = wav(speech).toString('base64');
    for (let i = 0; i < count; i++) {
      const session = await stage.session({ avatar_id: avatar.id });
      sessions.push(session);
      await receivers.watch(session);
      if (speaking) await api.speak(session.id, { audio });
    }
    await pause(SETTLE_MS);
    receivers.begin();
    const before = { use: processUse(product), receivers: useOf(receivers.pid), atMs: performance.now() };
    await pause(durationMs);
    const { viewers } = await receivers.read();
    const after = { use: processUse(product), receivers: useOf(receivers.pid), atMs: performance.now() };
    const elapsedMs = after.atMs - before.atMs;
    const sum = (of: 'frames' | 'late' | 'missing') => viewers.reduce((total, viewer) => total + viewer[of], 0);
    const [frames, late, missing] = [sum('frames'), sum('late'), sum('missing')];
    await Promise.all(sessions.map(({ id }) => api.endSession(id)));
    const sender = await senderFigures(product.home, sessions.map(({ id }) => id));
    return {
      ...{ sessions: count, seconds: elapsedMs / 1000, frames, late, missing, maxLateMs: Math.max(...viewers.map(({ maxLateMs }) => maxLateMs)), ...sender },
      cores: { ...coresBetween(before.use, after.use, elapsedMs), viewers: Number(((after.receivers.cpuMs - before.receivers.cpuMs) / elapsedMs).toFixed(2)) },
      rssMib: Object.fromEntries(Object.entries(after.use).map(([name, { rssMib }]) => [name, Math.round(rssMib)])),
      held: (late === 0 || sender.senderLate === 0) && missing <= frames * MAX_MISSING && frames >= (count * elapsedMs) / MAX_LATE_MS / 1.05,
    };
  } finally {
    await Promise.allSettled(sessions.map(({ id }) => api.endSession(id)));
    await receivers.drop().catch(() => undefined);
    receivers.close();
  }
}

/** What the workers wrote into their logs when these sessions ended. */
async function senderFigures(home: string, ids: readonly string[]): Promise<Pick<LoadResult, 'senderFrames' | 'senderLate' | 'senderDropped'>> {
  const wanted = new Set(ids);
  const read = () =>
    ['worker-1', 'worker-2']
      .flatMap((name) => logLines(join(home, 'logs', `${name}.log`)))
      .filter((line) => line['message'] === 'session stopped' && wanted.has(String(line['session_id'])));
  const lines = await until('the workers say what they sent', () => {
    const found = read();
    return found.length >= ids.length ? found : null;
  }, 5000).catch(() => read());
  const sum = (of: string) => lines.reduce((total, line) => total + Number(line[of] ?? 0), 0);
  return { senderFrames: sum('frames'), senderLate: sum('late'), senderDropped: sum('dropped') };
}

function logLines(path: string): Record<string, unknown>[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => (line.includes('session stopped') ? [JSON.parse(line) as Record<string, unknown>] : []));
}
