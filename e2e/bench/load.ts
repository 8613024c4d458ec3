import type { CreatedSession } from '../support/api-types.ts';
import { speechSample, wav } from '../support/speech-sample.ts';
import { pause } from '../support/until.ts';
import { coresBetween, processUse, useOf, workerThreadUse } from './processes.ts';
import { ReceiverPool } from './receiver-pool.ts';
import type { Bench } from './row.ts';
import { senderFigures, type SenderFigures } from './sender-figures.ts';

const SETTLE_MS = 2500;
const MAX_LATE_MS = 40;
/** Of the pictures of a minute: what a viewer may miss before it counts as not 25 a second. */
const MAX_MISSING = 0.005;
/** Longer than any avatar's loop takes to be encoded while others speak. */
const LOOP_TIMEOUT_MS = 120_000;

export interface LoadOrder {
  /** One session for each. */
  avatarIds: readonly string[];
  durationMs: number;
  speaking: boolean;
}

export interface LoadResult {
  sessions: number;
  seconds: number;
  /** Over all sessions, as they arrived: by the time stamps of the pictures, against the earliest one. */
  frames: number;
  late: number;
  missing: number;
  maxLateMs: number;
  sender: SenderFigures;
  cores: Record<string, number>;
  /** CPU milliseconds of the workers' threads in the measured time, for each second of each session. */
  threadMs: Record<string, number>;
  rssMib: Record<string, number>;
  held: boolean;
}

/** Runs sessions with one viewer each that receives and doesn't decode, and measures for a while. */
export async function runLoad({ stage }: Bench, { avatarIds, durationMs, speaking }: LoadOrder): Promise<LoadResult> {
  const { api, product } = stage;
  const receivers = new ReceiverPool();
  const sessions: CreatedSession[] = [];
  try {
    const speech = await speechSample('Papa bought a bottle of water from my mother. Open the window, we may go home. '.repeat(16));
    const audio = wav(speech).toString('base64');
    for (const avatar_id of avatarIds) {
      const session = await stage.session({ avatar_id });
      sessions.push(session);
      await receivers.watch(session);
      if (speaking) await api.speak(session.id, { audio });
    }
    await pause(SETTLE_MS);
    receivers.begin();
    const before = { use: processUse(product), threads: workerThreadUse(product), receivers: useOf(receivers.pid), atMs: performance.now() };
    await pause(durationMs);
    const { viewers } = await receivers.read();
    const after = { use: processUse(product), threads: workerThreadUse(product), receivers: useOf(receivers.pid), atMs: performance.now() };
    const elapsedMs = after.atMs - before.atMs;
    const sessionSeconds = (elapsedMs / 1000) * sessions.length;
    const sum = (of: 'frames' | 'late' | 'missing') => viewers.reduce((total, viewer) => total + viewer[of], 0);
    const [frames, late, missing] = [sum('frames'), sum('late'), sum('missing')];
    await Promise.all(sessions.map(({ id }) => api.endSession(id)));
    const sender = await senderFigures(product.home, sessions.map(({ id }) => id));
    return {
      ...{ sessions: sessions.length, seconds: elapsedMs / 1000, frames, late, missing, maxLateMs: Math.max(...viewers.map(({ maxLateMs }) => maxLateMs)), sender },
      cores: { ...coresBetween(before.use, after.use, elapsedMs), viewers: Number(((after.receivers.cpuMs - before.receivers.cpuMs) / elapsedMs).toFixed(2)) },
      threadMs: Object.fromEntries(Object.entries(after.threads).map(([name, cpuMs]) => [name, (cpuMs - (before.threads[name] ?? 0)) / sessionSeconds])),
      rssMib: Object.fromEntries(Object.entries(after.use).map(([name, { rssMib }]) => [name, Math.round(rssMib)])),
      held: (late === 0 || sender.late === 0) && missing <= frames * MAX_MISSING && frames >= (sessions.length * elapsedMs) / MAX_LATE_MS / 1.05,
    };
  } finally {
    await Promise.allSettled(sessions.map(({ id }) => api.endSession(id)));
    await receivers.drop().catch(() => undefined);
    receivers.close();
  }
}

/** Sessions of an avatar begin with its idle loop once it is there: waits until one did, and says how long the first one drew. */
export async function untilLooped({ stage }: Bench, avatarId: string): Promise<number> {
  const deadlineMs = performance.now() + LOOP_TIMEOUT_MS;
  for (let lastedS = 1; performance.now() < deadlineMs; lastedS = Math.min(lastedS * 2, 16)) {
    const session = await stage.session({ avatar_id: avatarId });
    await pause(1000 * lastedS);
    await stage.api.endSession(session.id);
    const { frames, fromLoop } = await senderFigures(stage.product.home, [session.id]);
    if (frames > 0 && fromLoop === frames) return lastedS;
  }
  throw new Error(`no idle loop within ${LOOP_TIMEOUT_MS / 1000} s`);
}
