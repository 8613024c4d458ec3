import { describe, expect, it } from 'vitest';
import { MouthGate } from './mouth-gate.ts';

const mouth = (value: number) => new Float32Array(8).fill(value);

function values(levels: readonly number[], gate = new MouthGate()): number[] {
  return levels.map((level) => {
    gate.follow(mouth(level), 0.04);
    return gate.value;
  });
}

const steady = (level: number, frames: number) => Array.from({ length: frames }, () => level);

describe('the gate of a mouth', () => {
  it('is shut for what the network says of silence and noise', () => {
    expect(Math.max(...values(steady(0.07, 50)))).toBe(0);
  });

  it('is open two frames into speech, and leaves it as it is', () => {
    const opened = values([0.02, 0.1, ...steady(0.3, 20)]);
    expect(opened[2]).toBe(1);
    expect(Math.min(...opened.slice(2))).toBe(1);
  });

  it('stays open in a closure, and is shut half a second after the last of it, exactly', () => {
    const gate = new MouthGate();
    expect(Math.min(...values([...steady(0.3, 10), ...steady(0.01, 4), ...steady(0.3, 3)], gate).slice(2))).toBe(1);
    const shutting = values(steady(0.03, 20), gate);
    expect(shutting[3]).toBe(1);
    expect(shutting[12]).toBe(0);
    shutting.slice(1).forEach((value, i) => expect(shutting[i]! - value).toBeLessThan(0.25));
  });
});
