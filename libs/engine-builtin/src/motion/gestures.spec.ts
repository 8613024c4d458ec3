import { GESTURES } from '@visavis/engine';
import type { Gesture } from '@visavis/engine';
import { describe, expect, it } from 'vitest';
import { GestureMotion } from './gestures.ts';
import { channel, CHANNEL_COUNT } from './pose.ts';

const FPS = 100;

/** What gestures add, frame by frame, from half a second before the first one. */
function play(starts: readonly { gesture: Gesture; atS: number }[], seconds = 3): Float32Array[] {
  const motion = new GestureMotion();
  const waiting = [...starts];
  return Array.from({ length: seconds * FPS }, (_, frame) => {
    const now = frame / FPS - 0.5;
    while (waiting.length > 0 && waiting[0]!.atS <= now + 1e-9) motion.start(waiting.shift()!.gesture, now);
    motion.moveTo(now);
    return motion.value.slice();
  });
}

const of = (poses: readonly Float32Array[], name: keyof typeof channel) => poses.map((pose) => pose[channel[name]]!);
const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));

describe('gestures', () => {
  it.each(GESTURES)('%s takes 0.6 to 1.2 s, from rest to rest', (gesture) => {
    const poses = play([{ gesture, atS: 0 }]);
    const moving = poses.flatMap((pose, i) => (pose.some((value) => value !== 0) ? [i] : []));
    expect(moving[0]).toBeGreaterThanOrEqual(0.5 * FPS);
    const seconds = (moving[moving.length - 1]! - 0.5 * FPS) / FPS;
    expect(seconds).toBeGreaterThan(0.55);
    expect(seconds).toBeLessThanOrEqual(1.2);
  });

  it.each(GESTURES)('%s begins, goes and ends without a jerk', (gesture) => {
    const poses = play([{ gesture, atS: 0 }]);
    for (let ch = 0; ch < CHANNEL_COUNT; ch++) {
      const values = poses.map((pose) => pose[ch]!);
      const all = largest(values);
      if (all === 0) continue;
      const steps = values.slice(1).map((value, i) => value - values[i]!);
      const bends = steps.slice(1).map((step, i) => step - steps[i]!);
      // Of its way in a hundredth of a second, and how much that changes; lids are faster.
      const lid = ch === channel.blinkRight;
      expect(largest(steps) / all).toBeLessThan(0.12);
      expect(largest(bends) / all).toBeLessThan(lid ? 0.03 : 0.015);
    }
  });

  it('do what they are called', () => {
    expect(Math.max(...of(play([{ gesture: 'nod', atS: 0 }]), 'pitch'))).toBeGreaterThan(0.05);
    const yaw = of(play([{ gesture: 'shake', atS: 0 }]), 'yaw');
    expect(Math.max(...yaw)).toBeGreaterThan(0.05);
    expect(Math.min(...yaw)).toBeLessThan(-0.05);
    expect(Math.max(...of(play([{ gesture: 'brow_raise', atS: 0 }]), 'brow'))).toBeGreaterThan(0.8);
    expect(Math.max(...of(play([{ gesture: 'tilt', atS: 0 }]), 'roll'))).toBeGreaterThan(0.05);
    const wink = play([{ gesture: 'wink', atS: 0 }]);
    expect(Math.max(...of(wink, 'blinkRight'))).toBe(1);
    expect(largest(of(wink, 'blinkLeft'))).toBe(0);
  });

  it('add up where they are different', () => {
    const [both, nod, shake] = [play([{ gesture: 'nod', atS: 0 }, { gesture: 'shake', atS: 0.2 }]), play([{ gesture: 'nod', atS: 0 }]), play([{ gesture: 'shake', atS: 0.2 }])];
    both.forEach((pose, i) => pose.forEach((value, ch) => expect(value).toBeCloseTo(nod[i]![ch]! + shake[i]![ch]!, 6)));
  });

  it('wait for the same one to be done', () => {
    const pitch = of(play([{ gesture: 'nod', atS: 0 }, { gesture: 'nod', atS: 0.3 }]), 'pitch');
    const once = of(play([{ gesture: 'nod', atS: 0 }]), 'pitch');
    for (let i = 0; i < 100; i++) {
      expect(pitch[50 + i]).toBeCloseTo(once[50 + i]!, 6);
      expect(pitch[150 + i]).toBeCloseTo(once[50 + i]!, 6);
    }
  });

  it('are all played when they fit, and leave nothing behind when there are too many', () => {
    const motion = new GestureMotion();
    for (let i = 0; i < 20; i++) motion.start('nod', 0);
    let last = 0;
    for (let t = 0; t < 30; t += 0.04) {
      motion.moveTo(t);
      if (!motion.atRest) last = t;
    }
    expect(last).toBeGreaterThan(4);
    expect(last).toBeLessThan(8);
    expect(motion.value.every((value) => value === 0)).toBe(true);
  });
});
