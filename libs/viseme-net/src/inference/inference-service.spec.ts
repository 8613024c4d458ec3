import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mouthOfSound } from '../mouth-of-sound.ts';
import { VisemeStream } from '../viseme-stream.ts';
import { Hub, slotState } from './hub.ts';
import { InferenceService } from './inference-service.ts';

const patience = { timeout: 20_000, interval: 10 };
const sound = Float32Array.from({ length: 16_000 }, (_, i) => 0.4 * Math.sin(i * 0.05) * Math.sin(i * 0.0013));

/** The thread ends, between two calls: inside native code it would take this process with it. Its clients hear nothing of it. */
async function kill(service: InferenceService): Promise<void> {
  const { worker } = service as unknown as { worker: Worker };
  const ended = once(worker, 'exit');
  (service as unknown as { stop(): void }).stop();
  await ended;
}

describe('the inference thread', { timeout: 60_000 }, () => {
  let service: InferenceService;
  let lost: Error[];

  beforeEach(() => {
    lost = [];
    service = new InferenceService({ onThreadLost: (error) => lost.push(error) });
  });
  afterEach(() => service.close());

  it('is replaced when it dies, and streams go on as if it had not', async () => {
    const connection = service.connect();
    const expected = mouthOfSound(sound, connection);
    const stream = new VisemeStream(connection);
    stream.push(sound.subarray(0, 8000));
    expect(stream.need(20)).toBe(true);
    await kill(service);
    stream.push(sound.subarray(8000));
    await vi.waitFor(() => expect(lost.length).toBe(1), patience);
    await vi.waitFor(() => expect(stream.visemeAt(expected.steps - 1)).not.toBe(-1), patience);
    for (let step = 0; step < expected.steps; step++) {
      const at = stream.paramsOffset(step);
      expect(Math.abs(stream.params[at]! - expected.params[step * 8]!)).toBeLessThan(1e-4);
    }
    stream.close();
  });

  it('answers again what it was asked when it died', async () => {
    const connection = service.connect();
    const hub = new Hub(connection.memory, connection.stateSize);
    const stream = new VisemeStream(connection);
    stream.push(sound);
    expect(stream.need(20)).toBe(true);
    await vi.waitFor(() => expect(Atomics.load(hub.state, 0)).toBe(slotState.done), patience);
    // As if it had died in the middle of it.
    Atomics.store(hub.state, 0, slotState.running);
    await kill(service);
    await vi.waitFor(() => expect(stream.visemeAt(40)).not.toBe(-1), patience);
    stream.close();
  });

  it('frees what a dead client thread left behind', async () => {
    const [dead, living] = [service.connect(), service.connect()];
    const hub = new Hub(dead.memory, dead.stateSize);
    const kept = new VisemeStream(living);
    for (let i = 0; i < 5; i++) new VisemeStream(dead).push(sound);
    service.disconnect(dead);
    await vi.waitFor(() => expect(Array.from(hub.state.subarray(0, 8))).toEqual([slotState.idle, 0, 0, 0, 0, 0, 0, 0]), patience);
    kept.close();
    expect(Atomics.load(hub.state, 0)).toBe(slotState.free);
  });

  it('takes nothing away that another thread has by now', () => {
    const [first, second] = [service.connect(), service.connect()];
    const hub = new Hub(first.memory, first.stateSize);
    new VisemeStream(first).close();
    // As if the second thread were just between taking the place and putting its name there.
    expect(hub.move(0, slotState.free, slotState.idle)).toBe(true);
    service.disconnect(first);
    expect(Atomics.load(hub.state, 0)).toBe(slotState.idle);
    hub.owner[0] = second.client;
    service.disconnect(second);
    expect(Atomics.load(hub.state, 0)).toBe(slotState.free);
  });

  it('gives each stream a place of its own until none is left, and again after one closed', () => {
    const connection = service.connect();
    const streams = Array.from({ length: 1024 }, () => new VisemeStream(connection));
    expect(() => new VisemeStream(connection)).toThrow(/streams/);
    streams[77]!.close();
    new VisemeStream(connection).close();
    streams.forEach((stream) => stream.close());
  });

  it('costs nothing while all are silent', async () => {
    const connection = service.connect();
    const streams = Array.from({ length: 100 }, () => new VisemeStream(connection));
    const second = new Float32Array(16_000);
    streams.forEach((stream) => stream.push(second));
    expect(streams.every((stream) => stream.need(stream.heardSteps - 1))).toBe(true);
    const { steps } = service.counts;
    streams.forEach((stream) => stream.push(second));
    expect(streams.every((stream) => stream.need(stream.heardSteps - 1))).toBe(true);
    expect(service.counts.steps).toBe(steps);
    streams.forEach((stream) => stream.close());
  });
});

describe('a process with an inference thread', () => {
  const program = fileURLToPath(new URL('../testing/ending-process.ts', import.meta.url));
  const run = (way: string) =>
    new Promise<{ code: number | string | null; signal: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, [program, way], { timeout: 30_000 }, (error, _, stderr) => resolve({ code: error?.code ?? 0, signal: error?.signal ?? null, stderr }));
    });

  it.each([
    ['of itself', 0],
    ['at once', 0],
    ['exit', 7],
    ['close', 0],
    ['throw', 1],
  ])('ends without a crash while the thread works: %s', { timeout: 60_000 }, async (way, code) => {
    for (let round = 0; round < 2; round++) {
      const ended = await run(way);
      expect({ code: ended.code, signal: ended.signal }).toEqual({ code, signal: null });
      if (way !== 'throw') expect(ended.stderr).toBe('');
    }
  });
});
