import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { InferenceService } from './inference/inference-service.ts';
import { mouthAfterSilence, mouthOfSound } from './mouth-of-sound.ts';
import { MOUTH_PARAMS } from './phonemes.ts';
import { VisemeStream } from './viseme-stream.ts';

const RATE = 16_000;
/** The network's promise, for what is the same but for how it was computed. */
const SAME = 1e-4;

/** A buzz through two resonances that move, syllable by syllable: something a mouth moves for. */
function voice(seconds: number, seed = 1): Float32Array {
  const pcm = new Float32Array(seconds * RATE);
  for (let i = 0; i < pcm.length; i++) {
    const t = i / RATE + seed * 13;
    const loudness = 0.3 * Math.max(0, Math.sin(2 * Math.PI * 4.3 * t)) + 0.001;
    const first = 500 + 300 * Math.sin(7.1 * t), second = 1500 + 700 * Math.sin(4.7 * t);
    for (let harmonic = 1; harmonic <= 24; harmonic++) {
      const hz = harmonic * 125;
      const weight = 1 / (1 + ((hz - first) / 90) ** 2) + 0.5 / (1 + ((hz - second) / 150) ** 2);
      pcm[i]! += loudness * weight * Math.sin(2 * Math.PI * hz * t + harmonic * harmonic);
    }
  }
  return pcm;
}

let inference: InferenceService;
beforeAll(() => {
  inference = new InferenceService();
});
afterAll(() => inference.close());

function paramsOf(stream: VisemeStream, steps: number): Float32Array {
  const all = new Float32Array(steps * MOUTH_PARAMS.length);
  for (let step = 0; step < steps; step++) {
    expect(stream.need(step)).toBe(true);
    const at = stream.paramsOffset(step);
    all.set(stream.params.subarray(at, at + MOUTH_PARAMS.length), step * MOUTH_PARAMS.length);
  }
  return all;
}

function furthest(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe('what the network says of a sound', { timeout: 60_000 }, () => {
  it('is the same at once and in pieces of any size', () => {
    const sound = voice(4);
    const expected = mouthOfSound(sound, inference.connect());
    expect(Math.max(...expected.params) - Math.min(...expected.params)).toBeGreaterThan(0.05);
    const sizes = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(sizes, (pieces) => {
        const stream = new VisemeStream(inference.connect());
        for (let piece = 0; stream.endSample < sound.length; piece++) stream.push(sound.subarray(stream.endSample, stream.endSample + pieces[piece % pieces.length]! + 50));
        expect(stream.heardSteps).toBe(expected.steps);
        expect(furthest(paramsOf(stream, expected.steps), expected.params)).toBeLessThan(SAME);
        stream.close();
      }),
      { numRuns: 15 },
    );
  });

  it('is the same after sound was taken back as if that had never come, wherever the cut lies', () => {
    const sound = voice(3);
    const other = voice(3, 7);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 * RATE }), fc.integer({ min: 0, max: RATE }), fc.boolean(), (cut, more, waited) => {
        const stream = new VisemeStream(inference.connect());
        stream.push(sound.subarray(0, cut + more));
        if (waited && stream.heardSteps > 0) stream.need(stream.heardSteps - 1);
        stream.truncate(cut);
        expect(stream.endSample).toBe(cut);
        stream.push(other.subarray(cut));
        const together = Float32Array.from(other);
        together.set(sound.subarray(0, cut));
        const expected = mouthOfSound(together, inference.connect());
        expect(furthest(paramsOf(stream, expected.steps), expected.params)).toBeLessThan(SAME);
        for (let step = 0; step < expected.steps; step += 7) expect(stream.visemeAt(step)).toBe(expected.visemes[step]);
        stream.close();
      }),
      { numRuns: 40 },
    );
  });

  it('is that of a voice in a session, where sounds begin after silence, even for one that is there from the very first sample', () => {
    const speaking = voice(3).subarray(0.06 * RATE);
    const stream = new VisemeStream(inference.connect());
    stream.push(new Float32Array(2 * RATE));
    stream.push(speaking);
    const { steps, params, visemes } = mouthAfterSilence(speaking, inference.connect());
    const said = paramsOf(stream, 100 + steps).subarray(100 * MOUTH_PARAMS.length);
    expect(Math.max(...said)).toBeGreaterThan(0.1);
    expect(furthest(params, said)).toBeLessThan(SAME);
    for (let step = 0; step < steps; step += 7) expect(visemes[step]).toBe(stream.visemeAt(100 + step));
    // From nothing at all it is something else.
    expect(furthest(params, mouthOfSound(speaking, inference.connect()).params)).toBeGreaterThan(0.1);
    stream.close();
  });

  it('begins anew after a second of digital silence, at the same step however the silence came', () => {
    const before = voice(1);
    const after = voice(1, 5);
    const expected = mouthOfSound(after, inference.connect());
    // 1.6 s are a whole number of steps: what follows then lies on the same grid.
    const silence = new Float32Array(1.6 * RATE);
    for (const piece of [silence.length, 333]) {
      const stream = new VisemeStream(inference.connect());
      stream.push(before);
      for (let at = 0; at < silence.length; at += piece) stream.push(silence.subarray(at, at + piece));
      stream.push(after);
      const offset = (before.length + silence.length) / 320;
      const said = paramsOf(stream, offset + expected.steps);
      const restedAt = Math.ceil((before.length + RATE - 560) / 320);
      expect(Math.max(...said.subarray(restedAt * 8, (offset - 1) * 8))).toBe(0);
      // The first step hears the end of the silence besides.
      expect(said[(restedAt - 2) * 8]).toBeGreaterThan(0);
      expect(stream.visemeAt(offset - 3)).toBe(0);
      stream.close();
    }
  });

  it('counts the silence from the last sound that was not taken back', () => {
    const cut = 1.5 * RATE;
    const kept = Float32Array.from({ length: cut }, (_, i) => (i < RATE ? 0.2 * Math.sin(i * 0.05) : 0));
    const silence = new Float32Array(2 * RATE);
    const straight = new VisemeStream(inference.connect());
    straight.push(kept);
    straight.push(silence);
    const stream = new VisemeStream(inference.connect());
    stream.push(kept);
    stream.push(voice(1));
    stream.need(stream.heardSteps - 1);
    stream.truncate(cut);
    stream.push(silence);
    const rested = (said: Float32Array): number => said.findIndex((value) => value === 0);
    const expected = paramsOf(straight, 150);
    expect(rested(expected)).toBe(Math.ceil((2 * RATE - 560) / 320) * MOUTH_PARAMS.length);
    expect(rested(paramsOf(stream, 150))).toBe(rested(expected));
    stream.close();
    straight.close();
  });

  it('keeps thirty seconds ahead, and refuses more', () => {
    const sound = voice(30);
    const expected = mouthOfSound(sound, inference.connect());
    const stream = new VisemeStream(inference.connect());
    stream.push(sound);
    expect(() => stream.push(voice(10))).toThrow(RangeError);
    expect(furthest(paramsOf(stream, expected.steps), expected.params)).toBeLessThan(SAME);
    stream.close();
  });

  it('goes on for long, with sound a little ahead, as a live session does', () => {
    const minute = voice(60);
    const expected = mouthOfSound(minute, inference.connect());
    const stream = new VisemeStream(inference.connect());
    let most = 0;
    for (let at = 0; at < minute.length; at += 320) {
      stream.push(minute.subarray(at, at + 320));
      const step = stream.heardSteps - 1;
      if (step < 0) continue;
      expect(stream.need(step)).toBe(true);
      for (let p = 0; p < 8; p++) most = Math.max(most, Math.abs(stream.params[stream.paramsOffset(step) + p]! - expected.params[step * 8 + p]!));
    }
    expect(most).toBeLessThan(SAME);
    stream.close();
  });

  it('is missed, and used later, when it does not come within the patience', async () => {
    const slow = new InferenceService({ gatherMs: 0 });
    const connection = slow.connect();
    const stream = new VisemeStream(connection, 0);
    stream.push(voice(1));
    // The thread has only just been started.
    expect(stream.need(10)).toBe(false);
    expect(stream.visemeAt(10)).toBe(-1);
    expect(stream.lateAnswers).toBe(1);
    while (stream.visemeAt(10) < 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(stream.need(10)).toBe(true);
    expect(stream.lateAnswers).toBe(1);
    stream.close();
    await slow.close();
  });

  it('is waited for once, not by each frame while the thread is gone', async () => {
    const gone = new InferenceService();
    const stream = new VisemeStream(gone.connect(), 10);
    await gone.close();
    const wait = vi.spyOn((stream as unknown as { slot: { wait(ms: number): boolean } }).slot, 'wait');
    stream.push(voice(1));
    for (let step = 0; step < 10; step++) expect(stream.need(step)).toBe(false);
    expect(wait).toHaveBeenCalledTimes(1);
    expect(stream.lateAnswers).toBe(10);
    stream.close();
  });

  it('may stay away for minutes: a live session goes on, with silence for what was missed', { timeout: 60_000 }, () => {
    const outage = new InferenceService({ gatherMs: 0 });
    const stream = new VisemeStream(outage.connect(), 0);
    const { slot } = stream as unknown as { slot: object };
    Object.defineProperty(slot, 'answered', { value: false, configurable: true });
    const second = voice(1);
    const play = (seconds: number): void => {
      for (let piece = 0; piece < seconds * 50; piece++) {
        stream.push(second.subarray((piece % 50) * 320, (piece % 50) * 320 + 320));
        stream.need(Math.max(0, stream.heardSteps - 1));
      }
    };
    play(120);
    expect(stream.knownSteps).toBeGreaterThan(120 * 50 - 600);
    expect(stream.visemeAt(stream.knownSteps - 1)).toBe(0);
    // Now it answers again.
    Reflect.deleteProperty(slot, 'answered');
    const step = stream.heardSteps - 1;
    const deadlineMs = performance.now() + 30_000;
    while (!stream.need(step) && performance.now() < deadlineMs);
    expect(stream.need(step)).toBe(true);
    stream.close();
    return outage.close();
  });

  it('is nothing of sound that was not pushed, and no miss', () => {
    const stream = new VisemeStream(inference.connect());
    expect(stream.need(0)).toBe(false);
    stream.push(voice(1));
    expect(stream.need(48)).toBe(true);
    expect(stream.need(49)).toBe(false);
    expect(stream.lateAnswers).toBe(0);
    stream.close();
  });
});
