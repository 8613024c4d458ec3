import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Avatar } from '../support/api-types.ts';
import { keptAvatar } from '../support/avatars.ts';
import { runLoad, untilLooped, type LoadResult } from './load.ts';
import type { Bench, Measured, Row } from './row.ts';
import { spentPerSecond, timeTable } from './time-table.ts';

/** For a clip of two minutes, with a machine to itself. */
export const PREPARE_TIMEOUT_MS = 600_000;
const SETTLE_MS = 2500;
const STEP_MS = 12_000;
const MINUTE_MS = 60_000;
const SPEAKING_STEPS = [8, 11, 14, 16, 18, 20, 22, 24, 27, 30];
const IDLE_STEPS = [20, 50, 100, 130, 160];

/** Speaking sessions with one viewer each that receives and does not decode: as many as go without a late frame. */
export const speakingRow: Row = {
  ids: ['speaking'],
  async measure(bench: Bench) {
    const { id } = await shownAvatar(bench);
    const load = (sessions: number, durationMs: number) => runLoad(bench, { avatarIds: Array<string>(sessions).fill(id), durationMs, speaking: true });
    const results: LoadResult[] = [];
    const best = await mostForAMinute(bench, 'speaking', SPEAKING_STEPS, load, results);
    // Memory counts even where ten are too many to be on time.
    const ten = results.find(({ sessions }) => sessions >= 10) ?? (await load(10, SETTLE_MS));
    const worst = results.at(-1)!;
    const worker = workerMib(ten);
    const rows: Measured[] = [
      {
        id: 'speaking',
        what: 'speaking sessions at 25 fps on this machine, one viewer each, no frame over 40 ms late in a minute',
        target: '≥ 14 (8 is a must)',
        measured: measuredOf(best, worst),
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
    const { id } = await shownAvatar(bench);
    bench.say('the idle loop is made');
    await untilLooped(bench, id);
    const steps: LoadResult[] = [];
    const load = (sessions: number, durationMs: number) => runLoad(bench, { avatarIds: Array<string>(sessions).fill(id), durationMs, speaking: false });
    const best = await mostForAMinute(bench, 'idle', IDLE_STEPS, load, steps);
    const last = steps.at(-1)!;
    return [
      {
        id: 'idle',
        what: 'the same with idle avatars',
        target: '≥ 100',
        measured: measuredOf(best, last),
        reached: (best?.sessions ?? 0) >= 100,
        details: { spent_ms_per_session_second: spentPerSecond(best ?? last), steps },
        tables: [timeTable('Idle', best ?? last)],
      },
    ];
  },
};

/** How many hold for a minute: short steps upwards say where to begin, and from there it goes down until a minute holds. */
async function mostForAMinute({ say }: Bench, what: string, steps: readonly number[], load: (sessions: number, durationMs: number) => Promise<LoadResult>, results: LoadResult[]): Promise<LoadResult | undefined> {
  let reached = 0;
  for (const sessions of steps) {
    say(`${sessions} ${what}`);
    const result = await load(sessions, STEP_MS);
    results.push(result);
    if (!result.held) break;
    reached++;
  }
  for (const sessions of steps.slice(0, Math.max(1, reached)).reverse()) {
    say(`${sessions} ${what} for a minute`);
    const minute = await load(sessions, MINUTE_MS);
    results.push(minute);
    if (minute.held) return minute;
  }
  return undefined;
}

function measuredOf(best: LoadResult | undefined, last: LoadResult): string {
  const shown = ({ late, sender, missing, frames, maxLateMs }: LoadResult) => `${sender.late} sent late, ${late} received late, ${missing} missing of ${frames}; latest ${maxLateMs.toFixed(0)} ms`;
  return best ? `${best.sessions} (${shown(best)})` : `fewer than ${last.sessions} (there ${shown(last)})`;
}

/** The first of the files given by --avatar, or the avatar of all rows. */
async function shownAvatar({ stage, files: [path], avatar, say }: Bench): Promise<Avatar> {
  if (path === undefined) return avatar;
  say(`${path} is prepared`);
  return keptAvatar(stage.api, `Bench ${basename(path)}`, await readFile(path), basename(path), PREPARE_TIMEOUT_MS);
}

/** Of the largest worker. */
export function workerMib({ rssMib }: LoadResult): number {
  return Math.max(...Object.entries(rssMib).filter(([name]) => name.startsWith('worker')).map(([, mib]) => mib));
}
