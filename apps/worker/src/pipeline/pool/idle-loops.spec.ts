import { describe, expect, it } from 'vitest';
import { packIdleLoop } from '../idle-loop/idle-loop.ts';
import { IdleLoops, type LoopedAvatar, type LoopStore } from './idle-loops.ts';

const options = { width: 64, height: 64, fps: 25, codec: 'h264', maxBitrate: 1_000_000 } as const;
const loopOf = (byte: number): SharedArrayBuffer => packIdleLoop([[{ data: Uint8Array.of(byte), key: true }]]);

function mapStore(): LoopStore & { files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  return { files, read: (name) => Promise.resolve(files.get(name)), write: (name, bytes) => Promise.resolve(void files.set(name, Uint8Array.from(bytes))) };
}

interface Order {
  name: string;
  stored: boolean;
  finish(loop: SharedArrayBuffer | undefined | Error): void;
}

/** Avatars whose loops are encoded by the test's hand. */
function byHand() {
  const orders: Order[] = [];
  const avatar = (name: string): LoopedAvatar => ({
    bundleSha256: name,
    encode: (_, stored) =>
      new Promise((resolve, reject) => {
        orders.push({ name, stored: stored !== undefined, finish: (loop) => (loop instanceof Error ? reject(loop) : resolve(loop)) });
      }),
  });
  return { orders, avatar };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('idle loops', () => {
  it('are encoded once for a format, one at a time', async () => {
    const { orders, avatar } = byHand();
    const loops = new IdleLoops(undefined, () => undefined);
    const [a, b] = [avatar('a'), avatar('b')];
    const wanted = [loops.get(a, options), loops.get(b, options), loops.get(a, options), loops.get(a, { ...options, fps: 30 })];
    await settled();
    expect(orders.map(({ name }) => name)).toEqual(['a']);
    orders[0]!.finish(loopOf(1));
    await settled();
    expect(orders.map(({ name }) => name)).toEqual(['a', 'b']);
    orders[1]!.finish(loopOf(2));
    await settled();
    orders[2]!.finish(undefined);
    const [first, , again, other] = await Promise.all(wanted);
    expect(again).toBe(first);
    expect(other).toBeUndefined();
    expect(loops.bytesOf(a)).toBe(first!.byteLength);
  });

  it('are kept on disk, and what was kept is offered for a check', async () => {
    const store = mapStore();
    for (const stored of [false, true]) {
      const { orders, avatar } = byHand();
      const loop = new IdleLoops(store, () => undefined).get(avatar('a'), options);
      await settled();
      await settled();
      expect(orders[0]!.stored).toBe(stored);
      orders[0]!.finish(loopOf(1));
      await loop;
      expect([...store.files.keys()]).toEqual([expect.stringMatching(/^a-[0-9a-f]{16}\.loop$/)]);
    }
  });

  it('that are damaged on disk are made anew, and those that the check refused are replaced', async () => {
    const store = mapStore();
    const encode = async (made: SharedArrayBuffer): Promise<boolean> => {
      const { orders, avatar } = byHand();
      const loop = new IdleLoops(store, () => undefined).get(avatar('a'), options);
      await settled();
      await settled();
      orders[0]!.finish(made);
      await loop;
      return orders[0]!.stored;
    };
    await encode(loopOf(1));
    const [name] = [...store.files.keys()];
    await encode(loopOf(2));
    expect(store.files.get(name!)!.at(-1)).toBe(2);
    store.files.get(name!)![50]! ^= 1;
    expect(await encode(loopOf(3))).toBe(false);
    expect(store.files.get(name!)!.at(-1)).toBe(3);
  });

  it('that could not be made are told, tried again with the next session, and stop nothing', async () => {
    const { orders, avatar } = byHand();
    const errors: string[] = [];
    const loops = new IdleLoops(undefined, ({ message }) => errors.push(message));
    const [a, b] = [avatar('a'), avatar('b')];
    const failing = loops.get(a, options);
    const next = loops.get(b, options);
    await settled();
    orders[0]!.finish(new Error('broke'));
    await settled();
    orders[1]!.finish(loopOf(1));
    expect([await failing, (await next)?.byteLength]).toEqual([undefined, loopOf(1).byteLength]);
    expect(errors).toEqual(['broke']);
    void loops.get(a, options);
    await settled();
    expect(orders.map(({ name }) => name)).toEqual(['a', 'b', 'a']);
  });

  it('of avatars that were unloaded meanwhile are not made', async () => {
    const { orders, avatar } = byHand();
    const loops = new IdleLoops(undefined, () => undefined);
    const [a, b] = [avatar('a'), avatar('b')];
    const first = loops.get(a, options);
    const second = loops.get(b, options);
    loops.forget(b);
    await settled();
    loops.forget(a);
    orders[0]!.finish(loopOf(1));
    await Promise.all([first, second]);
    expect(orders.map(({ name }) => name)).toEqual(['a']);
    expect(loops.bytesOf(a)).toBe(0);
  });
});
