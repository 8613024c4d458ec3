import { describe, expect, it } from 'vitest';
import { channel, CHANNEL_COUNT } from './pose.ts';
import { SpeechMotion } from './speech-motion.ts';

const HEAD = [channel.yaw, channel.pitch, channel.roll, channel.shiftX, channel.shiftY] as const;

/** A voice with syllables, words and, after `speakS` seconds, silence; steps of 20 ms. */
function loudnessOf(step: number, speakS: number): number {
  if (step * 0.02 >= speakS) return 0;
  const word = Math.floor(step / 45);
  const syllable = Math.floor(step / 9);
  const pause = word % 5 === 4;
  return pause ? 0 : 0.2 * (0.4 + 0.6 * (((syllable * 37) % 11) / 10)) * Math.sin((Math.PI * ((step % 9) + 0.5)) / 9);
}

function speak(seconds: number, speakS = seconds, seed = 1, at?: (motion: SpeechMotion, step: number) => void) {
  const motion = new SpeechMotion(seed);
  const poses: Float32Array[] = [];
  const blinks = new Set<number>();
  const rest: boolean[] = [];
  for (let step = 0; step < seconds * 50; step++) {
    at?.(motion, step);
    const rms = loudnessOf(step, speakS);
    motion.step(step * 0.02, rms, rms > 0);
    motion.settle(0);
    poses.push(motion.value.slice());
    rest.push(motion.atRest);
    if (motion.blinkS > 0) blinks.add(motion.blinkS);
  }
  return { poses, blinks: [...blinks], rest };
}

const largest = (poses: readonly Float32Array[], ch: number) => Math.max(...poses.map((pose) => Math.abs(pose[ch]!)));

describe('how a speaker moves', () => {
  it('is there while the voice is, moderate, and never still for long', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const { poses } = speak(40, 40, seed);
      expect(largest(poses, channel.pitch)).toBeGreaterThan(0.015);
      expect(largest(poses, channel.pitch)).toBeLessThan(0.06);
      expect(largest(poses, channel.yaw)).toBeGreaterThan(0.01);
      expect(largest(poses, channel.yaw)).toBeLessThan(0.06);
      expect(largest(poses, channel.roll)).toBeLessThan(0.04);
      expect(largest(poses, channel.brow)).toBeGreaterThan(0.2);
      expect(largest(poses, channel.brow)).toBeLessThan(0.9);
      const second = (from: number) => poses.slice(from, from + 100);
      for (let from = 50; from < 1900; from += 100) expect(Math.max(...HEAD.map((ch) => largest(second(from), ch) - Math.min(...second(from).map((pose) => Math.abs(pose[ch]!)))))).toBeGreaterThan(0.002);
    }
  });

  it('nods with some stresses, not with every syllable', () => {
    const { poses } = speak(60, 60, 3);
    const pitch = poses.map((pose) => pose[channel.pitch]!);
    const slow = pitch.map((_, i) => pitch.slice(Math.max(0, i - 40), i + 40).reduce((sum, value) => sum + value, 0) / Math.min(80, i + 40));
    const dips = pitch.filter((value, i) => i > 0 && value - slow[i]! > 0.006 && pitch[i - 1]! - slow[i - 1]! <= 0.006).length;
    expect(dips).toBeGreaterThan(18);
    expect(dips).toBeLessThan(75);
  });

  it('is smooth: speed and its change are bounded, also where the voice breaks off', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const { poses } = speak(24, 17.3, seed);
      for (const [ch, speed, bend] of [[channel.pitch, 0.008, 0.0024], [channel.yaw, 0.005, 0.0012], [channel.roll, 0.004, 0.0012], [channel.brow, 0.09, 0.025]] as const) {
        const values = poses.map((pose) => pose[ch]!);
        const steps = values.slice(1).map((value, i) => value - values[i]!);
        expect(Math.max(...steps.map(Math.abs)), `speed of ${ch}`).toBeLessThan(speed);
        expect(Math.max(...steps.slice(1).map((step, i) => Math.abs(step - steps[i]!))), `bend of ${ch}`).toBeLessThan(bend);
      }
    }
  });

  it('is exactly nothing a second after the last sound, and before the first', () => {
    const { poses, rest } = speak(14, 10.02);
    const last = Array.from({ length: 700 }, (_, step) => step).findLast((step) => loudnessOf(step, 10.02) > 0)!;
    for (let step = last + 50; step < 700; step++) {
      expect(rest[step]).toBe(true);
      expect(poses[step]!.every((value) => value === 0)).toBe(true);
    }
    expect(rest.slice(5, last + 30)).not.toContain(true);
    expect(new SpeechMotion(1).atRest).toBe(true);
  });

  it('moves more for an emphasised word, without a jump', () => {
    const plain = speak(6, 6, 2);
    const stressed = speak(6, 6, 2, (motion, step) => {
      if (step === 120) motion.emphasise();
    });
    const window = (poses: Float32Array[]) => poses.slice(120, 150);
    expect(stressed.poses.slice(0, 119)).toEqual(plain.poses.slice(0, 119));
    expect(largest(window(stressed.poses), channel.pitch)).toBeGreaterThan(largest(window(plain.poses), channel.pitch) + 0.015);
    expect(largest(window(stressed.poses), channel.brow)).toBeGreaterThan(0.25);
    const pitch = stressed.poses.map((pose) => pose[channel.pitch]!);
    pitch.slice(1).forEach((value, i) => expect(Math.abs(value - pitch[i]!)).toBeLessThan(0.009));
  });

  it('mostly blinks where a phrase ends, and not where one goes on', () => {
    // A pause of 900 ms after every four words.
    const counts = [1, 2, 3, 4, 5, 6].map((seed) => {
      const { blinks } = speak(45, 45, seed);
      for (const blinkS of blinks) {
        const sincePauseS = (blinkS % 4.5) - 3.6;
        expect(sincePauseS).toBeGreaterThan(0.2);
        expect(sincePauseS).toBeLessThan(0.45);
      }
      return blinks.length;
    });
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    expect(mean).toBeGreaterThan(5);
    expect(mean).toBeLessThan(10);
  });

  it('lies between two steps for a frame between them', () => {
    const motion = new SpeechMotion(1);
    for (let step = 0; step < 100; step++) motion.step(step * 0.02, loudnessOf(step, 9), true);
    const [before, half, after] = [0, 0.5, 1].map((part) => {
      motion.settle(part);
      return motion.value.slice();
    });
    for (let ch = 0; ch < CHANNEL_COUNT; ch++) expect(half![ch]).toBeCloseTo((before![ch]! + after![ch]!) / 2, 6);
  });

  it('repeats itself from its seed', () => {
    expect(speak(10, 10, 5).poses).toEqual(speak(10, 10, 5).poses);
    expect(speak(10, 10, 5).poses).not.toEqual(speak(10, 10, 6).poses);
  });
});
