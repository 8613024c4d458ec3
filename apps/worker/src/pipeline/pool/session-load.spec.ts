import { expect, it } from 'vitest';
import { SessionLoad } from './session-load.ts';

it('weighs a session by what it does and by its pixels', () => {
  const small = new SessionLoad({ width: 512, height: 512, fps: 25 });
  const large = new SessionLoad({ width: 1024, height: 512, fps: 25 });
  const idle = small.now;
  expect(large.now).toBe(2 * idle);
  small.note({ type: 'utterance.started', utteranceId: 'u' });
  small.note({ type: 'utterance.position', utteranceId: 'u', playedMs: 1000 });
  expect(small.now).toBeGreaterThan(5 * idle);
  small.note({ type: 'utterance.ended', utteranceId: 'u', interrupted: false, playedMs: 2000 });
  expect(small.now).toBe(idle);
});
