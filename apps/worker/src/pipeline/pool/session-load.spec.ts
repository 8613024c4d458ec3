import { expect, it } from 'vitest';
import { SessionLoad } from './session-load.ts';

const small = { width: 512, height: 512, fps: 25 };

it('weighs a session by what it does and by its pixels', () => {
  const load = new SessionLoad(small, 0);
  const idle = load.now;
  expect(new SessionLoad({ ...small, width: 1024 }, 0).now).toBe(2 * idle);
  load.note({ type: 'utterance.started', utteranceId: 'u' }, 0);
  expect(load.now).toBeGreaterThan(5 * idle);
  load.note({ type: 'utterance.ended', utteranceId: 'u', interrupted: false, playedMs: 2000 }, 2000);
  expect(load.now).toBe(idle);
});

it('knows one that goes on elsewhere begun speech by its position', () => {
  const load = new SessionLoad(small, 0);
  load.note({ type: 'utterance.position', utteranceId: 'u', playedMs: 1000 }, 1000);
  expect(load.spare(60_000)).toBe(0);
});

it('lends its place to others only after half a minute of rest', () => {
  const load = new SessionLoad(small, 0);
  expect(load.spare(29_000)).toBe(0);
  expect(load.spare(30_000)).toBeGreaterThan(0.5 * small.width * small.height * small.fps);
  load.note({ type: 'utterance.started', utteranceId: 'u' }, 40_000);
  expect(load.spare(90_000)).toBe(0);
  load.note({ type: 'utterance.ended', utteranceId: 'u', interrupted: false, playedMs: 2000 }, 90_000);
  expect([load.spare(100_000), load.spare(120_000)]).toEqual([0, expect.closeTo(0.9 * small.width * small.height * small.fps)]);
});
