import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../motion/random.ts';
import { Arena } from './arena.ts';

describe('Arena', () => {
  it('gives blocks that do not overlap, and takes them back', () => {
    const arena = new Arena();
    const random = createRandom(5);
    const held = new Map<number, { length: number; mark: number }>();
    for (let turn = 0; turn < 600; turn++) {
      if (held.size > 20 || (held.size > 0 && random() < 0.4)) {
        const [address, { length, mark }] = [...held][Math.floor(random() * held.size)]!;
        expect(arena.bytes(address, length).every((byte) => byte === mark)).toBe(true);
        arena.free(address);
        held.delete(address);
      } else {
        const length = 1 + Math.floor(random() * 300_000);
        const address = arena.allocate(length);
        expect(address % 16).toBe(0);
        expect(arena.bytes(address, length).every((byte) => byte === 0)).toBe(true);
        const mark = 1 + (turn % 255);
        arena.bytes(address, length).fill(mark);
        held.set(address, { length, mark });
      }
    }
    for (const address of held.keys()) arena.free(address);
    expect(arena.usedBytes).toBe(0);
    // All of it is one block again.
    const before = arena.memory.buffer.byteLength;
    arena.allocate(before - 2 * 65_536 - 16);
    expect(arena.memory.buffer.byteLength).toBe(before);
  });

  it('refuses to free a block twice', () => {
    const arena = new Arena();
    const address = arena.allocate(100);
    arena.free(address);
    expect(() => arena.free(address)).toThrow(/twice/);
  });

  it('is shared with other threads, which see what grew', async () => {
    const arena = new Arena();
    const address = arena.allocate(20_000_000);
    arena.bytes(address, 3).set([1, 2, 3]);
    const worker = new Worker('const { workerData, parentPort } = require("node:worker_threads"); parentPort.postMessage([...new Uint8Array(workerData.memory.buffer, workerData.address, 3)]);', {
      eval: true,
      workerData: { memory: arena.memory, address },
    });
    await expect(new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))).resolves.toEqual([1, 2, 3]);
    await worker.terminate();
  });
});
