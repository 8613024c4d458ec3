import { createHash } from 'node:crypto';
import { backgroundKey } from '@visavis/engine';
import type { IdleLoopOptions } from '../idle-loop/encode-idle-loop.ts';
import { isIntactLoop, LOOP_HEAD_BYTES } from '../idle-loop/idle-loop.ts';

/** Where loops are kept between runs. Names are file names. */
export interface LoopStore {
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
}

export interface LoopedAvatar {
  /** Names the bundle for ever. */
  bundleSha256: string;
  encode(options: IdleLoopOptions, stored?: SharedArrayBuffer): Promise<SharedArrayBuffer | undefined>;
}

/**
 * The idle loops of the avatars that are loaded: each is read from disk or encoded once for a format, whatever the number of its sessions,
 * and one at a time for the whole process.
 */
export class IdleLoops {
  private readonly loops = new Map<LoopedAvatar, Map<string, Promise<SharedArrayBuffer | undefined>>>();
  /** Those that are there, by name. */
  private readonly made = new Map<LoopedAvatar, Map<string, SharedArrayBuffer>>();
  private readonly store: LoopStore | undefined;
  private readonly onError: (error: Error) => void;
  private last: Promise<unknown> = Promise.resolve();

  constructor(store: LoopStore | undefined, onError: (error: Error) => void) {
    this.store = store;
    this.onError = onError;
  }

  /** Nothing for an avatar without idle clips, and where it failed: sessions then go on drawing. */
  get(avatar: LoopedAvatar, options: IdleLoopOptions): Promise<SharedArrayBuffer | undefined> {
    const ofAvatar = this.loops.get(avatar) ?? new Map<string, Promise<SharedArrayBuffer | undefined>>();
    this.loops.set(avatar, ofAvatar);
    const name = nameOf(avatar, options);
    const known = ofAvatar.get(name);
    if (known !== undefined) return known;
    const loop = this.last.then(() => (this.loops.get(avatar) === ofAvatar ? this.make(name, avatar, options) : undefined));
    const safe = loop.catch((error: unknown) => {
      this.onError(error instanceof Error ? error : new Error(String(error)));
      ofAvatar.delete(name);
      return undefined;
    });
    ofAvatar.set(name, safe);
    this.last = safe;
    return safe;
  }

  /** If it is there. */
  peek(avatar: LoopedAvatar, options: IdleLoopOptions): SharedArrayBuffer | undefined {
    return this.made.get(avatar)?.get(nameOf(avatar, options));
  }

  bytesOf(avatar: LoopedAvatar): number {
    let bytes = 0;
    for (const { byteLength } of this.made.get(avatar)?.values() ?? []) bytes += byteLength;
    return bytes;
  }

  forget(avatar: LoopedAvatar): void {
    this.loops.delete(avatar);
    this.made.delete(avatar);
  }

  private async make(name: string, avatar: LoopedAvatar, options: IdleLoopOptions): Promise<SharedArrayBuffer | undefined> {
    const stored = await this.read(name);
    const loop = await avatar.encode(options, stored);
    if (loop === undefined) return undefined;
    if (this.loops.has(avatar)) this.made.set(avatar, (this.made.get(avatar) ?? new Map<string, SharedArrayBuffer>()).set(name, loop));
    // Sent back, the same memory is another object.
    if (stored === undefined || !isSameLoop(stored, loop)) await this.write(name, new Uint8Array(loop));
    return loop;
  }

  private async read(name: string): Promise<SharedArrayBuffer | undefined> {
    const bytes = await this.store?.read(name);
    if (bytes === undefined || !isIntactLoop(bytes)) return undefined;
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    return shared;
  }

  /** A disk that is full costs the next process some seconds, and this one nothing. */
  private async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.store?.write(name, bytes).catch((error: unknown) => this.onError(error instanceof Error ? error : new Error(String(error))));
  }
}

/** By the head, which holds the checksum. */
function isSameLoop(a: SharedArrayBuffer, b: SharedArrayBuffer): boolean {
  return Buffer.from(a, 0, LOOP_HEAD_BYTES).equals(Buffer.from(b, 0, LOOP_HEAD_BYTES));
}

function nameOf({ bundleSha256 }: LoopedAvatar, { width, height, fps, codec, maxBitrate, background }: IdleLoopOptions): string {
  const format = `${width}x${height} ${fps} ${codec} ${maxBitrate} ${backgroundKey(background)}`;
  return `${bundleSha256}-${createHash('sha256').update(format).digest('hex').slice(0, 16)}.loop`;
}
