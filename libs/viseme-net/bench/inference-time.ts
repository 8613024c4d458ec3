/**
 * What the lip sync network costs, on one core: node libs/viseme-net/bench/inference-time.ts
 *
 * For a frame of 40 ms (two steps) of one session: its features, and its part of a call of the network for 1, 5 and 14 sessions. The target
 * is 0.3 ms for the network. Then five live sessions by the clock: how soon an answer is there, of the 20 ms that it may take.
 */
import { setTimeout } from 'node:timers/promises';
import * as onnx from 'onnxruntime-node';
import { InferenceService, VisemeStream } from '../src/index.ts';
import { FEATURES_PER_STEP, LogMel } from '../src/log-mel.ts';
import { readModelFile } from '../src/model-file.ts';

const STEPS_PER_FRAME = 2;
const TARGET_MS = 0.3;
const ROUNDS = 500;

const featureMs = timeFeatures();
const { bytes, stateSize } = readModelFile();
const session = await onnx.InferenceSession.create(bytes, { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 });
console.log('per frame of 40 ms and session   features   network   together   (ms; target: network ≤ 0.3)');
let met = true;
for (const batch of [1, 5, 14]) {
  const networkMs = (await timeNetwork(batch)) * STEPS_PER_FRAME;
  met &&= networkMs <= TARGET_MS;
  console.log(`batch ${String(batch).padStart(2)}                         ${featureMs.toFixed(3)}      ${networkMs.toFixed(3)}     ${(featureMs + networkMs).toFixed(3)}`);
}
console.log(met ? 'The target is met.' : 'The target is NOT met.');
await session.release();
await timeLive(5);

function timeFeatures(): number {
  const logMel = new LogMel();
  const sound = Float64Array.from({ length: 560 }, (_, i) => 0.3 * Math.sin(i * 0.11) + 0.1 * Math.sin(i * 1.3));
  const out = new Float32Array(FEATURES_PER_STEP);
  return median(() => {
    for (let step = 0; step < STEPS_PER_FRAME; step++) logMel.stepFeatures(sound, out, 0);
  });
}

/** Of one step and session: a live session asks for one step with each packet of sound. */
async function timeNetwork(batch: number): Promise<number> {
  const mel = Float32Array.from({ length: batch * FEATURES_PER_STEP }, (_, i) => Math.sin(i));
  const feeds = {
    mel: new onnx.Tensor('float32', mel, [batch, 1, FEATURES_PER_STEP]),
    lengths: new onnx.Tensor('int32', new Int32Array(batch).fill(1), [batch]),
    state: new onnx.Tensor('float32', new Float32Array(batch * stateSize).fill(0.1), [batch, stateSize]),
  };
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedMs = performance.now();
    await session.run(feeds);
    times.push(performance.now() - startedMs);
  }
  return middle(times) / batch;
}

async function timeLive(sessions: number): Promise<void> {
  const service = new InferenceService();
  const connection = service.connect();
  const streams = Array.from({ length: sessions }, () => new VisemeStream(connection, 0));
  const packet = Float32Array.from({ length: 320 }, (_, i) => 0.3 * Math.sin(i * 0.2));
  const waits: number[] = [];
  const missing = new Map<VisemeStream, { step: number; askedMs: number }>();
  await setTimeout(500);
  const beganMs = performance.now();
  for (let due = 0, next = 0; due < 50 * 5 * sessions; due++) {
    const dueMs = beganMs + (due * 20) / sessions;
    do {
      for (const [stream, { step, askedMs }] of missing) {
        if (stream.visemeAt(step) < 0) continue;
        waits.push(performance.now() - askedMs);
        missing.delete(stream);
      }
      await setTimeout(1);
    } while (performance.now() < dueMs);
    const stream = streams[next++ % sessions]!;
    stream.push(packet);
    missing.set(stream, { step: stream.heardSteps - 1, askedMs: performance.now() });
  }
  waits.sort((a, b) => a - b);
  const { runs, steps } = service.counts;
  const part = (of: number): string => waits[Math.floor(of * (waits.length - 1))]!.toFixed(1);
  console.log(`${sessions} live sessions: an answer after ${part(0.5)} ms in the middle, ${part(0.95)} ms at 95 %, ${part(1)} ms at most; ${(steps / runs).toFixed(1)} steps a call`);
  streams.forEach((stream) => stream.close());
  await service.close();
}

function median(work: () => void): number {
  return middle(
    Array.from({ length: ROUNDS }, () => {
      const startedMs = performance.now();
      work();
      return performance.now() - startedMs;
    }),
  );
}

function middle(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}
