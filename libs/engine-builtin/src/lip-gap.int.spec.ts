import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { allocateI420, MEDIA_CLOCK_HZ } from '@visavis/engine';
import { createBuiltinEngine } from './index.ts';
import { correlation, i420ToRgb, loudnessPerFrame, measureLipGap, percentile } from './measure.ts';
import { speechLikeSound } from './motion/speech-like-sound.ts';

const FPS = 25;
const size = { width: 512, height: 512 };
const ONE_MINUTE_MS = 60_000;

/** Real: the whole engine, and the face mesh that looks at its frames. */
it('opens the lips with the sound and keeps them still in silence', { timeout: 5 * ONE_MINUTE_MS }, async () => {
  const engine = createBuiltinEngine();
  const { bundle } = await engine.prepare(await readFile(new URL('../assets/stock/leonardo-mona-lisa.jpg', import.meta.url)));
  const avatar = await engine.load(bundle);
  const picture = allocateI420(size);

  const gaps = async (pcm: Float32Array, frames: readonly number[]): Promise<number[]> => {
    const stream = avatar.open({ ...size, fps: FPS, seed: 4 });
    stream.push(0, pcm);
    const values: number[] = [];
    for (const frame of frames) {
      stream.frame((frame * MEDIA_CLOCK_HZ) / FPS, picture);
      const measured = await measureLipGap({ ...size, data: i420ToRgb(picture) });
      expect(measured, `a face in frame ${frame}`).toBeDefined();
      values.push(measured!.gap);
    }
    return values;
  };

  const silent = await gaps(new Float32Array(16_000 * 8), Array.from({ length: 40 }, (_, i) => i * 4));
  const rest = percentile(silent, 0.5);
  for (const gap of silent) expect(Math.abs(gap - rest)).toBeLessThanOrEqual(0.015);

  const speech = speechLikeSound(5);
  const frames = Array.from({ length: 75 }, (_, i) => 25 + i);
  const spoken = await gaps(speech, frames);
  expect(percentile(spoken, 0.95) - rest).toBeGreaterThanOrEqual(0.06);
  expect(correlation(spoken, loudnessPerFrame(speech, 16_000, FPS, 100).slice(25))).toBeGreaterThanOrEqual(0.5);
});
