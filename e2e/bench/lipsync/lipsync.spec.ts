import { describe, expect, it } from 'vitest';
import { clipFigures, coarticulation, MOUTH_STEP_MS, sumOfFigures, visemeSegments } from '@visavis/viseme-net';
import { OfflineAnalyser } from './analyser.ts';
import { energyMotion } from './energy-motion.ts';
import { headAudioSystem } from './headaudio-system.ts';
import { atLevel, pink, randomFrom, rms, white } from './noise.ts';
import { watched, withSoundDelayed } from './shown-motion.ts';
import { heardSound } from './test-set.ts';
import { wawaSystem } from './wawa-system.ts';

/** Vowel-like buzzes with pauses between, at 48 kHz. */
function buzzes(seconds: number): Float32Array {
  return Float32Array.from({ length: seconds * 48_000 }, (_, i) => {
    const t = i / 48_000;
    const loudness = t % 0.6 < 0.35 ? Math.sin((Math.PI * (t % 0.6)) / 0.35) : 0;
    return 0.05 * loudness * Array.from({ length: 30 }, (_, n) => Math.sin(2 * Math.PI * 120 * (n + 1) * t) / Math.sqrt(n + 1)).reduce((a, b) => a + b);
  });
}

describe('systems that are compared', () => {
  const steps = 150;

  it.each([wawaSystem, headAudioSystem])('run as in a page: $name moves with sound, rests without, and repeats itself', async (system) => {
    const first = await system.watch(heardSound(buzzes(3)), steps);
    expect(await system.watch(heardSound(buzzes(3)), steps)).toEqual(first);
    expect(first.params).toHaveLength(steps * 8);
    expect(new Set(first.visemes).size).toBeGreaterThan(1);
    expect(Math.max(...first.params)).toBeGreaterThan(0.2);
    expect(Math.max(...(await system.watch(heardSound(new Float32Array(48_000)), 50)).params)).toBe(0);
  });

  it('hear their sound no earlier than it is played', async () => {
    const late = new Float32Array(48_000 * 3);
    late.set(buzzes(2), 48_000);
    for (const system of [wawaSystem, headAudioSystem]) {
      const { params } = await system.watch(heardSound(late), steps);
      expect(Math.max(...params.subarray(0, (1000 / MOUTH_STEP_MS) * 8))).toBe(0);
    }
  });

  it('move by energy as the product did', () => {
    const { params } = energyMotion(heardSound(buzzes(3)).pcm16k, steps);
    const jaw = Array.from({ length: steps }, (_, step) => params[step * 8]!);
    expect(Math.max(...jaw)).toBeGreaterThan(0.4);
    expect(Math.min(...jaw.slice(20))).toBeLessThan(0.1);
  });
});

describe('a delayed sound', () => {
  it('makes up for a mouth that is late', async () => {
    const segments = visemeSegments('pau p aa1 m iy1 b ao1 t ih1 f ow1 pau'.split(' ').map((symbol, i) => ({ symbol, startMs: i * 130, endMs: i * 130 + 130 })), 'arpabet');
    const lateBy = 4;
    const system = {
      name: 'late',
      note: '',
      watch: (_: unknown, steps: number) => {
        const truth = coarticulation(segments, steps);
        return { params: truth.map((_value, i) => truth[i - lateBy * 8] ?? 0) };
      },
    };
    const motion = await watched(system, { pcm48k: new Float32Array(48 * 1440), pcm16k: new Float32Array(0), segments });
    const figuresAt = (delay: number) => sumOfFigures([clipFigures('', segments, withSoundDelayed(motion, delay))]);
    expect(figuresAt(0).offsetMs).toBeCloseTo(80, -1);
    expect(figuresAt(lateBy)).toMatchObject({ closures: 1 });
    expect(figuresAt(lateBy).correlation).toBeGreaterThan(0.99);
    expect(figuresAt(-2).offsetMs).toBeCloseTo(120, -1);
  });
});

describe('noise', () => {
  it('has the level that was asked for, and its colour', () => {
    const power = (pcm: Float32Array, hz: number) => {
      const bytes = new Uint8Array(1024);
      const analyser = new OfflineAnalyser(pcm);
      analyser.smoothingTimeConstant = 0.98;
      for (let at = 2048; at <= pcm.length; at += 1024) {
        analyser.playedSamples = at;
        analyser.getByteFrequencyData(bytes);
      }
      const bin = Math.round((hz * 2048) / 48_000);
      return bytes.slice(bin, bin * 2).reduce((sum, value) => sum + value, 0) / bin;
    };
    const [whiteNoise, pinkNoise] = [white, pink].map((noise) => atLevel(noise(480_000, randomFrom(1)), 0.1));
    expect(rms(pinkNoise!)).toBeCloseTo(0.1);
    expect(Math.abs(power(whiteNoise!, 500) - power(whiteNoise!, 8000))).toBeLessThan(5);
    // Twelve decibels of four octaves, in bytes of 70 decibels.
    expect(power(pinkNoise!, 500) - power(pinkNoise!, 8000)).toBeGreaterThan(30);
  });
});
