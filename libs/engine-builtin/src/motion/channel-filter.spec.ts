import { describe, expect, it } from 'vitest';
import { ChannelFilter } from './channel-filter.ts';
import { channel } from './pose.ts';

const FRAME_S = 0.04;

function follow(filter: ChannelFilter, targets: readonly number[]): number[] {
  return targets.map((target) => {
    filter.target[channel.smile] = target;
    filter.advance(FRAME_S);
    return filter.value[channel.smile]!;
  });
}

const steady = (target: number, frames: number) => Array.from({ length: frames }, () => target);

describe('channels on their way', () => {
  it('do nine tenths of it in the time they are given, and arrive exactly', () => {
    const values = follow(new ChannelFilter(0.4), steady(0.8, 40));
    expect(values[9]! / 0.8).toBeGreaterThan(0.85);
    expect(values[4]! / 0.8).toBeLessThan(0.75);
    expect(values[25]).toBe(Math.fround(0.8));
  });

  it('never pass a target, however often it changes on the way', () => {
    const filter = new ChannelFilter(0.4);
    const targets = [...steady(1, 5), ...steady(0.3, 3), ...steady(0.9, 4), ...steady(0, 40)];
    for (const value of follow(filter, targets)) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
    expect(filter.atRest).toBe(true);
    const falling = follow(filter, [...steady(1, 6), ...steady(0.5, 30)]).slice(8);
    for (let i = 1; i < falling.length; i++) expect(Math.abs(falling[i]! - 0.5)).toBeLessThanOrEqual(Math.abs(falling[i - 1]! - 0.5));
  });

  it('neither jump when they start nor when they arrive', () => {
    const values = [0, ...follow(new ChannelFilter(0.4), steady(1, 40))];
    const steps = values.slice(1).map((value, i) => value - values[i]!);
    expect(Math.max(...steps)).toBeLessThan(0.16);
    expect(steps[0]).toBeLessThan(0.12);
    const arrival = steps.findLastIndex((step) => step !== 0);
    expect(steps[arrival]).toBeLessThan(0.001);
  });

  it('are the same sooner or later, whatever the frame rate', () => {
    const [slow, fast] = [0.04, 0.01].map((frameS) => {
      const filter = new ChannelFilter(0.4);
      filter.target[channel.brow] = 1;
      for (let t = 0; t < 0.4 - 1e-9; t += frameS) filter.advance(frameS);
      return filter.value[channel.brow]!;
    });
    expect(Math.abs(slow! - fast!)).toBeLessThan(0.06);
  });
});
