import { describe, expect, it } from 'vitest';
import { FEATURES_PER_STEP, LogMel } from './log-mel.ts';

/** Two tones, a click and a ramp. */
const pcm = Float64Array.from({ length: 560 }, (_, i) => 0.3 * Math.sin(i * 0.11) + 0.05 * Math.sin(i * 1.9) + (i === 300 ? 0.5 : 0) + i / 5600);

function features(sound: Float64Array): Float32Array {
  const out = new Float32Array(FEATURES_PER_STEP);
  new LogMel().stepFeatures(sound, out, 0);
  return out;
}

/** README.md, word for word, slowly. */
function asDefined(sound: Float64Array): number[] {
  const mel = (hz: number) => 2595 * Math.log10(1 + hz / 700);
  const corners = Array.from({ length: 42 }, (_, i) => 700 * (10 ** ((mel(50) + ((mel(7600) - mel(50)) * i) / 41) / 2595) - 1));
  return [0, 160].flatMap((start) => {
    const windowed = Array.from({ length: 400 }, (_, i) => sound[start + i]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / 400)));
    const power = Array.from({ length: 257 }, (_, bin) => {
      let re = 0, im = 0;
      windowed.forEach((value, i) => {
        re += value * Math.cos((2 * Math.PI * bin * i) / 512);
        im -= value * Math.sin((2 * Math.PI * bin * i) / 512);
      });
      return re * re + im * im;
    });
    return Array.from({ length: 40 }, (_, band) => {
      const [left, middle, right] = [corners[band]!, corners[band + 1]!, corners[band + 2]!];
      const energy = power.reduce((sum, value, bin) => {
        const hz = (bin * 16_000) / 512;
        return sum + value * Math.max(0, Math.min((hz - left) / (middle - left), (right - hz) / (right - middle)));
      }, 0);
      return (Math.log(energy + 1e-4) + 4) / 4;
    });
  });
}

describe('log-mel features', () => {
  it('are those that README.md defines', () => {
    const expected = asDefined(pcm);
    features(pcm).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
  });

  it('are those that training computes', () => {
    const got = features(pcm);
    // python: log_mel(pcm)[0, ::8] of tools/viseme-net/visemenet/features.py
    const trained = [0.9333, 0.5348, 0.6403, 0.7585, 0.918, 1.1178, 0.7499, 0.8715, 0.9897, 1.1169];
    trained.forEach((value, i) => expect(got[i * 8]).toBeCloseTo(value, 3));
  });

  it('are the lowest for silence, whatever was heard before', () => {
    const mel = new LogMel();
    const out = new Float32Array(FEATURES_PER_STEP);
    mel.stepFeatures(pcm, out, 0);
    mel.stepFeatures(new Float64Array(560), out, 0);
    for (const value of out) expect(value).toBeCloseTo((Math.log(1e-4) + 4) / 4, 6);
  });
});
