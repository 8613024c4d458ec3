import type { AttentionState } from '@visavis/engine';
import { describe, expect, it } from 'vitest';
import { AttentionMotion } from './attention.ts';
import { GestureMotion } from './gestures.ts';
import { channel } from './pose.ts';

const FPS = 25;

interface Seen {
  value: Float32Array;
  gesture: Float32Array;
  x: number;
  y: number;
  weight: number;
  atRest: boolean;
}

function play(states: readonly { state: AttentionState; seconds: number }[], seed = 1): Seen[] {
  const gestures = new GestureMotion();
  const attention = new AttentionMotion(seed, gestures);
  const seen: Seen[] = [];
  let frame = 0;
  for (const { state, seconds } of states) {
    attention.show(state, frame / FPS);
    for (let i = 0; i < seconds * FPS; i++, frame++) {
      attention.advance(frame / FPS, 1 / FPS);
      gestures.moveTo(frame / FPS);
      const { x, y, weight } = attention.gaze;
      seen.push({ value: attention.value.slice(), gesture: gestures.value.slice(), x, y, weight, atRest: attention.atRest && gestures.atRest });
    }
  }
  return seen;
}

describe('attention', () => {
  it('is nothing while idle', () => {
    expect(play([{ state: 'idle', seconds: 10 }]).every(({ atRest, weight }) => atRest && weight === 0)).toBe(true);
  });

  it('of a listener leans in, keeps the eyes on the speaker and nods a little, not in time', () => {
    for (let seed = 0; seed < 8; seed++) {
      const seen = play([{ state: 'listening', seconds: 60 }], seed);
      expect(seen[50]!.value[channel.lean]).toBeGreaterThan(0.015);
      expect(seen.slice(5).every(({ x, y, weight }) => x === 0 && y === 0 && weight === 1)).toBe(true);
      const pitches = seen.map(({ gesture }) => gesture[channel.pitch]!);
      const nods = pitches.flatMap((pitch, i) => (pitch > 0 && (pitches[i - 1] ?? 0) === 0 ? [i] : []));
      expect(nods.length).toBeGreaterThanOrEqual(7);
      expect(nods.length).toBeLessThanOrEqual(24);
      expect(Math.max(...pitches)).toBeLessThan(0.05);
      const gaps = nods.slice(1).map((frame, i) => frame - nods[i]!);
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeGreaterThan(FPS);
    }
  });

  it('of a thinker is up and aside, where the store has eyes, and elsewhere after a while', () => {
    const seen = play([{ state: 'thinking', seconds: 30 }]).slice(3);
    const resting = seen.filter(({ x, y }, i) => i > 0 && x === seen[i - 1]!.x && y === seen[i - 1]!.y);
    for (const { x, y } of resting) {
      expect([-1, -0.5, 0.5, 1]).toContain(x);
      expect([-1, 0]).toContain(y);
    }
    expect(resting.length / seen.length).toBeGreaterThan(0.9);
    expect(resting.filter(({ y }) => y === -1).length / resting.length).toBeGreaterThan(0.5);
    expect(new Set(resting.map(({ x, y }) => `${x} ${y}`)).size).toBeGreaterThan(2);
    expect(seen[60]!.value[channel.browInner]).toBeGreaterThan(0.1);
  });

  it('comes and goes smoothly, to exactly nothing', () => {
    const seen = play([{ state: 'listening', seconds: 3 }, { state: 'thinking', seconds: 3 }, { state: 'listening', seconds: 0.2 }, { state: 'idle', seconds: 3 }]);
    for (let i = 1; i < seen.length; i++) seen[i]!.value.forEach((value, ch) => expect(Math.abs(value - seen[i - 1]!.value[ch]!)).toBeLessThan(0.02));
    const end = seen[seen.length - 1]!;
    expect(end.atRest).toBe(true);
    expect(end.weight).toBe(0);
    expect([...end.value, ...end.gesture].every((value) => value === 0)).toBe(true);
  });

  it('repeats itself from its seed', () => {
    const states = [{ state: 'thinking' as const, seconds: 10 }, { state: 'listening' as const, seconds: 20 }];
    expect(play(states, 4)).toEqual(play(states, 4));
    expect(play(states, 4)).not.toEqual(play(states, 5));
  });
});
