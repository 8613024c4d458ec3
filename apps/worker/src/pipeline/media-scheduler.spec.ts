import { describe, expect, it } from 'vitest';
import { MediaScheduler, type MediaTask } from './media-scheduler.ts';
import { VirtualTime } from './testing/virtual-time.ts';

function recordingTask(name: string, startMs: number, log: string[], onVideo: () => void = () => undefined): MediaTask {
  const task = {
    nextAudioMs: startMs,
    nextVideoMs: startMs,
    runAudio() {
      log.push(`${name} audio`);
      task.nextAudioMs += 20;
    },
    runVideo() {
      log.push(`${name} video`);
      task.nextVideoMs += 40;
      onVideo();
    },
  };
  return task;
}

describe('the scheduler', () => {
  it('starts sessions as far apart as it can', () => {
    const time = new VirtualTime();
    const scheduler = new MediaScheduler(time);
    const phases = Array.from({ length: 4 }, (_, index) => {
      const startMs = scheduler.startInstantMs(40);
      scheduler.add(recordingTask(`${index}`, startMs, []), startMs);
      return startMs - time.nowMs();
    });
    expect(phases).toEqual([0, 20, 10, 30]);
  });

  it('sends all sound that is due before any picture, and between pictures again', async () => {
    const time = new VirtualTime();
    const scheduler = new MediaScheduler(time);
    const log: string[] = [];
    const startMs = time.nowMs();
    // Rendering the first one's picture takes until the second one's sound is due.
    scheduler.add(recordingTask('a', startMs, log, () => time.stall(2)), startMs);
    scheduler.add(recordingTask('b', startMs, log), startMs);
    scheduler.add(recordingTask('c', startMs + 2, log), startMs + 2);
    await time.advance(3);
    expect(log.slice(0, 2).sort()).toEqual(['a audio', 'b audio']);
    expect(log.indexOf('c audio')).toBeLessThan(log.indexOf('b video'));
    expect(log.indexOf('a video')).toBe(2);
  });

  it('gives the event loop its turn while pictures are overdue', async () => {
    const time = new VirtualTime();
    const scheduler = new MediaScheduler(time);
    const log: string[] = [];
    const startMs = time.nowMs();
    for (const name of ['a', 'b', 'c']) scheduler.add(recordingTask(name, startMs, log, () => time.stall(8)), startMs);
    setImmediate(() => log.push('event loop'));
    await time.advance(30);
    const loop = log.indexOf('event loop');
    expect(loop).toBeGreaterThanOrEqual(0);
    expect(log.slice(loop).some((entry) => entry.endsWith('video'))).toBe(true);
  });

  it('forgets a session that was removed', async () => {
    const time = new VirtualTime();
    const scheduler = new MediaScheduler(time);
    const log: string[] = [];
    const task = recordingTask('a', time.nowMs(), log);
    scheduler.add(task, time.nowMs());
    await time.advance(25);
    scheduler.remove(task);
    const entries = log.length;
    await time.advance(1000);
    expect(log.length).toBe(entries);
  });
});
