import { runLoad, untilLooped, type LoadResult } from './load.ts';
import type { Bench, Measured, Row } from './row.ts';
import { spentPerSecond, timeTable } from './time-table.ts';

const SETTLE_MS = 2500;
const STEP_MS = 12_000;
const MINUTE_MS = 60_000;
const SPEAKING_STEPS = [8, 10, 12, 14, 17, 20, 23, 26, 30];
const IDLE_STEPS = [20, 50, 100, 130, 160];

/** Speaking sessions with one viewer each that receives and does not decode: as many as go without a late frame. */
export const speakingRow: Row = {
  ids: ['speaking'],
  async measure(bench: Bench) {
    const load = (sessions: number, durationMs: number) => runLoad(bench, { avatarIds: Array<string>(sessions).fill(bench.avatar.id), durationMs, speaking: true });
    const results: LoadResult[] = [];
    let best: LoadResult | undefined;
    for (const sessions of SPEAKING_STEPS) {
      bench.say(`${sessions} speaking`);
      const result = await load(sessions, STEP_MS);
      results.push(result);
      if (result.held) best = result;
      else break;
    }
    // The step was a taste: the promise is a minute.
    for (const sessions of descending(best?.sessions ?? 8)) {
      bench.say(`${sessions} speaking for a minute`);
      const minute = await load(sessions, MINUTE_MS);
      results.push(minute);
      best = minute.held ? minute : undefined;
      if (minute.held) break;
    }
    // Memory counts even where ten are too many to be on time.
    const ten = results.find(({ sessions }) => sessions >= 10) ?? (await load(10, SETTLE_MS));
    const worst = results.at(-1)!;
    const worker = workerMib(ten);
    const rows: Measured[] = [
      {
        id: 'speaking',
        what: 'speaking sessions at 25 fps on this machine, one viewer each, no frame over 40 ms late in a minute',
        target: '≥ 14 (8 is a must)',
        measured: best
          ? `${best.sessions} (${best.late} late, ${best.missing} missing of ${best.frames}; latest ${best.maxLateMs.toFixed(0)} ms)`
          : `fewer than ${worst.sessions} (at ${worst.sessions}: ${worst.late} late, ${worst.missing} missing of ${worst.frames})`,
        reached: (best?.sessions ?? 0) >= 14,
        details: { must: 8, spent_ms_per_session_second: spentPerSecond(best ?? worst), steps: results },
        tables: [timeTable('Speaking', best ?? worst)],
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
    bench.say('the idle loop is made');
    await untilLooped(bench, bench.avatar.id);
    const steps: LoadResult[] = [];
    for (const sessions of IDLE_STEPS) {
      bench.say(`${sessions} idle`);
      steps.push(await runLoad(bench, { avatarIds: Array<string>(sessions).fill(bench.avatar.id), durationMs: STEP_MS, speaking: false }));
      if (!steps.at(-1)!.held) break;
    }
    let best = steps.findLast(({ held }) => held);
    if (best && best.sessions >= 100) {
      bench.say(`${best.sessions} idle for a minute`);
      const minute = await runLoad(bench, { avatarIds: Array<string>(best.sessions).fill(bench.avatar.id), durationMs: MINUTE_MS, speaking: false });
      steps.push(minute);
      best = minute.held ? minute : steps.findLast(({ held, sessions }) => held && sessions < minute.sessions);
    }
    const last = steps.at(-1)!;
    const seconds = best && best.seconds > 30 ? 'a minute' : '12 s each';
    return [
      {
        id: 'idle',
        what: 'the same with idle avatars',
        target: '≥ 100',
        measured: `${best?.sessions ?? 0}${best === last ? '' : `; at ${last.sessions}: ${last.late} late, ${last.missing} missing of ${last.frames}`} (${seconds})`,
        reached: (best?.sessions ?? 0) >= 100,
        details: { spent_ms_per_session_second: spentPerSecond(best ?? last), steps },
        tables: [timeTable('Idle', best ?? last)],
      },
    ];
  },
};

/** How many to try for a minute, after a shorter step said how many might do. */
function descending(from: number): number[] {
  return [from, from - 2, from - 4].filter((sessions) => sessions >= 4);
}

/** Of the largest worker. */
export function workerMib({ rssMib }: LoadResult): number {
  return Math.max(...Object.entries(rssMib).filter(([name]) => name.startsWith('worker')).map(([, mib]) => mib));
}
