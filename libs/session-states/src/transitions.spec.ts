import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endReason } from '@visavis/contracts';
import { changeState, dueEnd, isWorkerAlive, type Actor, type SessionChange, type SessionState } from './index.ts';

const starting: SessionState = { status: 'starting', reassigning: false };
const live: SessionState = { status: 'live', reassigning: false };

describe('session states', () => {
  it('goes live once, by the media node only', () => {
    expect(changeState(starting, { type: 'go_live' }, 'media-node')).toEqual(live);
    expect(changeState(live, { type: 'go_live' }, 'media-node')).toBeNull();
    expect(() => changeState(starting, { type: 'go_live' }, 'client')).toThrow('client may not go_live');
  });

  it('reassigns inside live and comes back', () => {
    const lost = changeState(live, { type: 'lose_worker' }, 'monitor');
    expect(lost).toEqual({ status: 'live', reassigning: true });
    expect(changeState(lost!, { type: 'gain_worker' }, 'monitor')).toEqual(live);
  });

  it('keeps each end reason to those who can know it', () => {
    expect(() => changeState(live, { type: 'end', reason: 'credits_exhausted' }, 'client')).toThrow();
    expect(() => changeState(live, { type: 'end', reason: 'client' }, 'worker')).toThrow();
    expect(changeState(live, { type: 'end', reason: 'worker_lost' }, 'monitor')).toEqual({ status: 'ended', reassigning: false });
  });

  it('never leaves ended, whatever happens', () => {
    const change = fc.oneof(
      fc.constantFrom<SessionChange>({ type: 'go_live' }, { type: 'lose_worker' }, { type: 'gain_worker' }),
      fc.constantFrom(...endReason.options).map((reason): SessionChange => ({ type: 'end', reason })),
    );
    const actor = fc.constantFrom<Actor>('client', 'media-node', 'monitor', 'worker');
    fc.assert(
      fc.property(fc.array(fc.tuple(change, actor), { maxLength: 30 }), (steps) => {
        let state = starting;
        let over = false;
        for (const [c, a] of steps) {
          let next: SessionState | null = null;
          try {
            next = changeState(state, c, a);
          } catch {
            continue;
          }
          if (over) expect(next).toBeNull();
          state = next ?? state;
          over = state.status === 'ended';
        }
      }),
    );
  });
});

describe('timeouts', () => {
  const clock = { createdAtMs: 0, liveAtMs: 1000, lastActivityAtMs: 5000, viewers: 1, maxDurationS: 60, idleTimeoutS: 10 };
  it('counts the longest life from going live', () => {
    expect(dueEnd(clock, 60_999)).toBeNull();
    expect(dueEnd(clock, 61_000)).toBe('max_duration');
    expect(dueEnd({ ...clock, liveAtMs: null }, 600_000)).toBeNull();
  });
  it('is idle only without viewers and commands', () => {
    expect(dueEnd({ ...clock, viewers: 0 }, 14_999)).toBeNull();
    expect(dueEnd({ ...clock, viewers: 0 }, 15_000)).toBe('idle_timeout');
    expect(dueEnd({ ...clock, liveAtMs: null, viewers: 0, lastActivityAtMs: 0 }, 10_000)).toBe('idle_timeout');
  });
});

describe('a worker', () => {
  it.each([
    [900, 20, true, 'beats and sends'],
    [1500, 20, true, 'beats late and sends'],
    [9000, 400, true, 'stalls in its heartbeat only'],
    [1200, 5000, true, 'beats and starts up'],
    [1400, 1100, false, 'missed a beat and fell silent'],
    [2100, 600, false, 'missed two beats and sends nothing'],
    [60_000, 20, false, 'left, its last packets arriving'],
  ])('heard %i ms ago, media %i ms ago: %s (%s)', (beatAgeMs, mediaAgeMs, alive) => {
    expect(isWorkerAlive(beatAgeMs, mediaAgeMs)).toBe(alive);
  });
});
