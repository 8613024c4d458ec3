import { describe, expect, it } from 'vitest';
import { VoiceStress } from './voice-stress.ts';

/** Syllables of 200 ms, each fourth louder, and a pause after every eighth: the steps at which a stress was found. */
function stresses(level: number, seconds: number, stress = new VoiceStress()): number[] {
  return Array.from({ length: seconds * 50 }, (_, step) => {
    const syllable = Math.floor(step / 10);
    const speaking = syllable % 10 < 8;
    const loudness = syllable % 4 === 1 ? 1 : 0.5;
    stress.step(speaking ? level * loudness * Math.sin((Math.PI * ((step % 10) + 0.5)) / 10) : 0.0001, speaking);
    return stress.found;
  }).flatMap((found, step) => (found > 0 ? [step] : []));
}

describe('the stress of a voice', () => {
  it('is mostly found on the loud syllables, while they are still said', () => {
    const found = stresses(0.2, 20).filter((step) => step > 200);
    expect(found.length).toBeGreaterThan(10);
    const onLoudOnes = found.filter((step) => Math.floor(step / 10) % 4 === 1);
    expect(onLoudOnes.length / found.length).toBeGreaterThan(0.65);
  });

  it('is that of the voice against itself: a quiet one stresses as often as a loud one', () => {
    const [loud, quiet] = [0.3, 0.03].map((level) => stresses(level, 40).filter((step) => step > 1000));
    expect(loud!.length).toBeGreaterThan(12);
    expect(Math.abs(quiet!.length - loud!.length)).toBeLessThanOrEqual(1);
  });

  it('comes no more often than a calm speaker moves', () => {
    for (const seed of [1, 2, 3]) {
      const stress = new VoiceStress();
      let last = -100;
      for (let step = 0; step < 3000; step++) {
        const syllable = Math.floor(step / (7 + seed));
        stress.step(0.2 * (((syllable * 7919 * seed) % 13) / 13) * Math.abs(Math.sin((Math.PI * step) / (7 + seed))), true);
        if (stress.found === 0) continue;
        expect(step - last).toBeGreaterThan(30);
        expect(stress.found).toBeLessThanOrEqual(1);
        last = step;
      }
      expect(last).toBeGreaterThan(2800);
    }
  });

  it('is none of noise, however loud', () => {
    const stress = new VoiceStress();
    for (let step = 0; step < 200; step++) {
      stress.step(0.3 + 0.2 * Math.sin(step), false);
      expect(stress.found).toBe(0);
      expect(stress.audible).toBe(false);
    }
  });
});
