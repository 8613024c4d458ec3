import { describe, expect, it } from 'vitest';
import { VoiceStress } from './voice-stress.ts';

/** Syllables of 200 ms and a pause after every fourth. */
function speak(stress: VoiceStress, level: number, seconds: number): number[] {
  return Array.from({ length: seconds * 50 }, (_, step) => {
    const speaking = Math.floor(step / 10) % 5 < 4;
    stress.step(speaking ? level * (0.6 + 0.4 * Math.sin((Math.PI * (step % 10)) / 10)) : 0.0001, speaking);
    return stress.value;
  });
}

describe('the stress of a voice', () => {
  it('follows speech slowly, and is gone soon after', () => {
    const stress = new VoiceStress();
    const values = speak(stress, 0.2, 4);
    expect(Math.max(...values)).toBeGreaterThan(0.5);
    expect(Math.max(...values)).toBeLessThan(1.1);
    values.slice(1).forEach((value, i) => expect(Math.abs(value - values[i]!)).toBeLessThan(0.1));
    for (let step = 0; step < 50; step++) stress.step(0, false);
    expect(stress.value).toBeLessThan(0.02);
  });

  it('is that of the voice against itself: a quiet one stresses as much as a loud one', () => {
    const [loud, quiet] = [0.3, 0.03].map((level) => Math.max(...speak(new VoiceStress(), level, 30).slice(-500)));
    expect(quiet! / loud!).toBeGreaterThan(0.8);
  });

  it('is none of noise, however loud', () => {
    const stress = new VoiceStress();
    for (let step = 0; step < 100; step++) stress.step(0.5, false);
    expect(stress.value).toBe(0);
  });
});
