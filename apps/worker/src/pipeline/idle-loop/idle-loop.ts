/**
 * An avatar's idle clips as coded pictures, in memory that all threads share and as the file that is kept on disk:
 *
 *   "VVIDLE1\n" · SHA-256 of what follows (32 bytes) · number of clips (u32) · frames of each clip (u32 …) ·
 *   for each frame twice its bytes, plus 1 if it is a key frame (u32 …) · the coded pictures
 *
 * Numbers are little-endian. Hot path: `unit` and `isKey` allocate nothing.
 */
import { createHash } from 'node:crypto';

export interface CodedPicture {
  /** Annex B for H.264. Not to be written to. */
  data: Uint8Array;
  key: boolean;
}

const MAGIC = new TextEncoder().encode('VVIDLE1\n');
const HASH_BYTES = 32;
export const LOOP_HEAD_BYTES = MAGIC.length + HASH_BYTES;
const WORD = 4;

export class IdleLoop {
  readonly buffer: SharedArrayBuffer;
  private readonly clips: readonly (readonly CodedPicture[])[];

  /** Looks at the structure only: whoever read the bytes from somewhere checks them (`isIntactLoop`) first. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    const words = new DataView(buffer, LOOP_HEAD_BYTES);
    const clipCount = words.getUint32(0, true);
    const lengths = Array.from({ length: clipCount }, (_, clip) => words.getUint32((1 + clip) * WORD, true));
    let word = 1 + clipCount;
    let offset = LOOP_HEAD_BYTES + (word + lengths.reduce((sum, length) => sum + length, 0)) * WORD;
    this.clips = lengths.map((length) =>
      Array.from({ length }, () => {
        const coded = words.getUint32(word++ * WORD, true);
        const data = new Uint8Array(buffer, offset, coded >>> 1);
        offset += data.length;
        return { data, key: (coded & 1) === 1 };
      }),
    );
  }

  get byteLength(): number {
    return this.buffer.byteLength;
  }

  get clipLengths(): number[] {
    return this.clips.map(({ length }) => length);
  }

  clipLength(clip: number): number {
    return this.clips[clip]!.length;
  }

  unit(clip: number, frame: number): Uint8Array {
    return this.clips[clip]![frame]!.data;
  }

  isKey(clip: number, frame: number): boolean {
    return this.clips[clip]![frame]!.key;
  }
}

export function packIdleLoop(clips: readonly (readonly CodedPicture[])[]): SharedArrayBuffer {
  const pictures = clips.flat();
  const words = [clips.length, ...clips.map(({ length }) => length), ...pictures.map(({ data, key }) => data.length * 2 + (key ? 1 : 0))];
  const buffer = new SharedArrayBuffer(LOOP_HEAD_BYTES + words.length * WORD + pictures.reduce((sum, { data }) => sum + data.length, 0));
  const bytes = new Uint8Array(buffer);
  bytes.set(MAGIC);
  const view = new DataView(buffer, LOOP_HEAD_BYTES);
  words.forEach((word, index) => view.setUint32(index * WORD, word, true));
  let offset = LOOP_HEAD_BYTES + words.length * WORD;
  for (const { data } of pictures) {
    bytes.set(data, offset);
    offset += data.length;
  }
  bytes.set(hashOf(bytes), MAGIC.length);
  return buffer;
}

/** Whether these bytes are a loop of this format, as it was packed. */
export function isIntactLoop(bytes: Uint8Array): boolean {
  if (bytes.length < LOOP_HEAD_BYTES || MAGIC.some((byte, index) => bytes[index] !== byte)) return false;
  return hashOf(bytes).equals(bytes.subarray(MAGIC.length, LOOP_HEAD_BYTES));
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes.subarray(LOOP_HEAD_BYTES)).digest();
}
