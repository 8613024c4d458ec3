import { createSharedMemory } from './web-assembly.ts';
import type { SharedMemory } from './web-assembly.ts';

/**
 * Memory that all threads of a process share and that the pixel loops work on: avatars' pictures lie here once, however many sessions in
 * however many threads draw from them. A list of blocks, first fit; freed neighbours become one. Blocks start at multiples of 16.
 *
 *   bytes 16–19   lock: 1 while a thread changes the list
 *   bytes 20–23   bytes in use, for figures
 *   from GUARD    blocks: length (bytes, header included), state (1 in use), eight bytes unused, content
 *
 * The first and the last GUARD bytes stay free: a span of eight pixels is read with sixteen bytes, and with a row above and below it, whose
 * weight is nothing at the edge of a picture.
 */
const PAGE_BYTES = 65_536;
const FIRST_PAGES = 64;
/** 4 GiB, the most that WebAssembly can address. Only what is used is taken from the system. */
const MAX_PAGES = 65_536;
const LOCK = 4;
const USED = 5;
const GUARD_BYTES = 65_536;
const FIRST_BLOCK = GUARD_BYTES;
const HEADER_BYTES = 16;

export class Arena {
  readonly memory: SharedMemory;

  /** @param memory another thread's, to share it. */
  constructor(memory?: SharedMemory) {
    this.memory = memory ?? createSharedMemory(FIRST_PAGES, MAX_PAGES);
    if (!memory) this.write(FIRST_BLOCK, FIRST_PAGES * PAGE_BYTES - 2 * GUARD_BYTES, false);
  }

  get usedBytes(): number {
    return Atomics.load(new Uint32Array(this.memory.buffer), USED);
  }

  /**
   * Address of a new block, all zero.
   * @throws RangeError when the memory is full.
   */
  allocate(byteLength: number): number {
    const wanted = align(byteLength + HEADER_BYTES);
    const address = this.locked(() => this.take(wanted));
    new Uint8Array(this.memory.buffer, address, wanted - HEADER_BYTES).fill(0);
    return address;
  }

  free(address: number): void {
    this.locked(() => {
      const at = address - HEADER_BYTES;
      const { length, used } = this.read(at);
      if (!used) throw new RangeError('a block of memory was freed twice');
      this.write(at, length, false);
      this.count(-length);
    });
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  ints(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  private take(wanted: number): number {
    for (;;) {
      const end = this.memory.buffer.byteLength - GUARD_BYTES;
      let last = FIRST_BLOCK;
      for (let at = FIRST_BLOCK; at < end; ) {
        last = at;
        const block = this.read(at);
        if (!block.used) {
          let { length } = block;
          for (let next = at + length; next < end && !this.read(next).used; next = at + length) length += this.read(next).length;
          if (length >= wanted) {
            const rest = length - wanted;
            const split = rest >= 256;
            if (split) this.write(at + wanted, rest, false);
            this.write(at, split ? wanted : length, true);
            this.count(split ? wanted : length);
            return at + HEADER_BYTES;
          }
          this.write(at, length, false);
          at += length;
        } else at += block.length;
      }
      this.grow(end, this.read(last).used ? undefined : last, wanted);
    }
  }

  /** Lengthens the memory; the new part joins the last block if that is free. */
  private grow(end: number, lastFree: number | undefined, wanted: number): void {
    const pages = Math.ceil(Math.max(wanted, 4 * 1024 * 1024) / PAGE_BYTES);
    try {
      this.memory.grow(pages);
    } catch {
      throw new RangeError(`the memory for avatars is full (${Math.round(end / 2 ** 20)} MiB)`);
    }
    const added = this.memory.buffer.byteLength - GUARD_BYTES - end;
    if (lastFree === undefined) this.write(end, added, false);
    else this.write(lastFree, this.read(lastFree).length + added, false);
  }

  private count(bytes: number): void {
    Atomics.add(new Uint32Array(this.memory.buffer), USED, bytes);
  }

  private read(at: number): { length: number; used: boolean } {
    const words = new Uint32Array(this.memory.buffer, at, 2);
    return { length: words[0]!, used: words[1] === 1 };
  }

  private write(at: number, length: number, used: boolean): void {
    const words = new Uint32Array(this.memory.buffer, at, 2);
    words[0] = length;
    words[1] = used ? 1 : 0;
  }

  private locked<T>(work: () => T): T {
    const words = new Int32Array(this.memory.buffer);
    while (Atomics.compareExchange(words, LOCK, 0, 1) !== 0) Atomics.wait(words, LOCK, 1, 5);
    try {
      return work();
    } finally {
      Atomics.store(words, LOCK, 0);
      Atomics.notify(words, LOCK, 1);
    }
  }
}

function align(bytes: number): number {
  return (bytes + 15) & ~15;
}
