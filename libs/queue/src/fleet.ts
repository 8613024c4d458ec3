import type { Redis } from './redis.ts';
import { keys } from './keys.ts';
import { BEAT_SCRIPT, CLAIM_SCRIPT } from './fleet.scripts.ts';

export const HEARTBEAT_INTERVAL_MS = 1000;
/** A worker whose last heartbeat is older than this is lost (DESIGN: "heartbeat older than 2 s"). */
export const WORKER_LOST_AFTER_MS = 2000;
/** One slot is a 512×512 session at 25 fps; others weigh by pixels a second. */
export const SLOT_PIXELS = 512 * 512;

const SLOT_FPS = 25;

/** Slots of so many pixels a second. */
export function slotsOf(pixelRate: number): number {
  return pixelRate / (SLOT_PIXELS * SLOT_FPS);
}

/** Weight of a session in slot pixels: its picture's area, scaled by its frame rate against 25. */
export function weightOf(video: { width: number; height: number; fps: number }): number {
  return Math.ceil((video.width * video.height * video.fps) / SLOT_FPS);
}

export interface WorkerBeat {
  workerId: string;
  /** In 512×512 slots: of sessions that speak, and what sessions that rest leave of theirs. */
  slots: number;
  draining: boolean;
  /** Avatars in memory, for dispatch to prefer this worker. */
  warmAvatarIds: readonly string[];
  /** Free facts for the operator: version, host, engines, load. */
  info: Record<string, string | number>;
}

export interface WorkerState {
  workerId: string;
  beatAgeMs: number;
  slots: number;
  usedPixels: number;
  draining: boolean;
  claims: { sessionId: string; epoch: number; ageMs: number }[];
  info: Record<string, string | number>;
}

export interface Fleet {
  beat(beat: WorkerBeat): Promise<void>;
  /** Forgets a worker at once, so that its sessions move without waiting for the heartbeat to age. */
  leave(workerId: string): Promise<void>;
  /**
   * Claims `weightPixels` on one live worker, atomically; a worker with the avatar warm goes first, then the emptiest.
   * Claiming again for the same session and epoch answers the same worker.
   * @param request.beatWithinMs only workers heard of this recently; where one was just lost, less than the age at which that showed
   * @returns the worker's id, or null when none has room.
   */
  claim(request: { sessionId: string; epoch: number; avatarId: string; weightPixels: number; beatWithinMs?: number }): Promise<string | null>;
  release(workerId: string, sessionId: string, epoch: number): Promise<void>;
  workers(): Promise<WorkerState[]>;
  freeSlots(): Promise<number>;
}

export function createFleet(redis: Redis): Fleet {
  const field = (sessionId: string, epoch: number) => `${sessionId}/${epoch}`;
  const fleet: Fleet = {
    async beat({ workerId, slots, draining, warmAvatarIds, info }) {
      await redis.eval(
        BEAT_SCRIPT,
        3,
        keys.fleet,
        keys.worker(workerId),
        keys.workerWarm(workerId),
        workerId,
        String(slots * SLOT_PIXELS),
        draining ? '1' : '0',
        JSON.stringify(info),
        ...warmAvatarIds,
      );
    },
    async leave(workerId) {
      await redis.hset(keys.worker(workerId), 'beat_ms', '0');
    },
    async claim({ sessionId, epoch, avatarId, weightPixels, beatWithinMs = WORKER_LOST_AFTER_MS }) {
      const answer = await redis.eval(
        CLAIM_SCRIPT,
        1,
        keys.fleet,
        field(sessionId, epoch),
        String(weightPixels),
        avatarId,
        String(beatWithinMs),
      );
      return typeof answer === 'string' && answer !== '' ? answer : null;
    },
    async release(workerId, sessionId, epoch) {
      await redis.hdel(keys.workerClaims(workerId), field(sessionId, epoch));
    },
    async workers() {
      const ids = await redis.smembers(keys.fleet);
      const [seconds, micros] = await redis.time();
      const nowMs = Number(seconds) * 1000 + Number(micros) / 1000;
      return Promise.all(
        ids.map(async (workerId) => {
          const [beat, claims] = await Promise.all([redis.hgetall(keys.worker(workerId)), redis.hgetall(keys.workerClaims(workerId))]);
          let usedPixels = 0;
          const held = Object.entries(claims).map(([name, value]) => {
            const [sessionId = '', epoch = '0'] = name.split('/');
            const [weight = '0', atMs = '0'] = value.split('@');
            usedPixels += Number(weight);
            return { sessionId, epoch: Number(epoch), ageMs: nowMs - Number(atMs) };
          });
          return {
            workerId,
            beatAgeMs: nowMs - Number(beat['beat_ms'] ?? 0),
            slots: Number(beat['capacity'] ?? 0) / SLOT_PIXELS,
            usedPixels,
            draining: beat['draining'] === '1',
            claims: held,
            info: JSON.parse(beat['info'] ?? '{}') as Record<string, string | number>,
          };
        }),
      );
    },
    async freeSlots() {
      let free = 0;
      for (const worker of await fleet.workers()) {
        if (worker.draining || worker.beatAgeMs > WORKER_LOST_AFTER_MS) continue;
        free += Math.max(0, Math.floor(worker.slots - worker.usedPixels / SLOT_PIXELS));
      }
      return free;
    },
  };
  return fleet;
}
