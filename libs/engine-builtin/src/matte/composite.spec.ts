import { describe, expect, it } from 'vitest';
import { allocateI420 } from '@visavis/engine';
import type { I420Picture } from '@visavis/engine';
import { Arena } from '../kernel/arena.ts';
import { kernelsOn } from '../kernel/kernels.ts';
import { createRandom } from '../motion/random.ts';
import { alphaAsLuma, compositeRows, laySideBySide } from './composite.ts';

const WIDTH = 64;
const HEIGHT = 48;
const LUMA = WIDTH * HEIGHT;
const BYTES = (LUMA * 3) / 2;

function noise(seed: number): I420Picture {
  const random = createRandom(seed);
  const picture = allocateI420({ width: WIDTH, height: HEIGHT });
  picture.data.forEach((_, i) => (picture.data[i] = Math.floor(random() * 256)));
  return picture;
}

/** Clear on the left, solid on the right, everything between in the middle. */
function ramp(): Uint8Array {
  const random = createRandom(9);
  return Uint8Array.from({ length: LUMA }, (_, i) => (i % WIDTH < 20 ? 0 : i % WIDTH >= 44 ? 255 : Math.floor(random() * 256)));
}

function blended(person: I420Picture, alpha: Uint8Array, background: I420Picture): I420Picture {
  const out = allocateI420(person);
  compositeRows(person, alpha, background, out, 0, HEIGHT);
  return out;
}

describe('compositeRows', () => {
  it('is exact: every alpha of every pair of values, rounded to the nearest', () => {
    const person = allocateI420({ width: 256, height: 2 });
    const background = allocateI420({ width: 256, height: 2 });
    const out = allocateI420({ width: 256, height: 2 });
    for (const [a, b] of [[0, 255], [255, 0], [16, 235], [200, 199], [128, 128], [77, 240]] as const) {
      person.data.fill(a);
      background.data.fill(b);
      const alpha = Uint8Array.from({ length: 512 }, (_, i) => i % 256);
      compositeRows(person, alpha, background, out, 0, 2);
      for (let i = 0; i < 256; i++) expect(out.data[i]).toBe(Math.round((a * i + b * (255 - i)) / 255));
    }
  });

  it('leaves the person alone where alpha is full, and nothing of it where there is none', () => {
    const person = noise(1);
    const background = noise(2);
    const out = blended(person, ramp(), background);
    for (let i = 0; i < LUMA; i++) {
      if (i % WIDTH < 20) expect(out.data[i]).toBe(background.data[i]);
      if (i % WIDTH >= 44) expect(out.data[i]).toBe(person.data[i]);
    }
    for (let i = 0; i < LUMA / 4; i++) {
      if (i % 32 < 10) expect(out.data[LUMA + i]).toBe(background.data[LUMA + i]);
      if (i % 32 >= 22) expect(out.data[LUMA * 1.25 + i]).toBe(person.data[LUMA * 1.25 + i]);
    }
  });

  it('draws only the rows it is asked for', () => {
    const out = allocateI420({ width: WIDTH, height: HEIGHT });
    compositeRows(noise(1), ramp(), noise(2), out, 16, 32);
    const whole = blended(noise(1), ramp(), noise(2));
    expect(out.data.subarray(16 * WIDTH, 32 * WIDTH)).toEqual(whole.data.subarray(16 * WIDTH, 32 * WIDTH));
    expect(out.data.subarray(0, 16 * WIDTH).every((value) => value === 0)).toBe(true);
    expect(out.data.subarray(32 * WIDTH, LUMA).every((value) => value === 0)).toBe(true);
  });
});

describe('the compiled loops', () => {
  const arena = new Arena();
  const kernels = kernelsOn(arena);
  const place = (bytes: Uint8Array): number => {
    const address = arena.allocate(bytes.length);
    arena.bytes(address, bytes.length).set(bytes);
    return address;
  };

  it('composite as it is said plainly, byte for byte', () => {
    const frame = place(noise(1).data);
    const out = arena.allocate(BYTES);
    const alpha = place(ramp());
    const background = place(noise(2).data);
    const expected = [...blended(noise(1), ramp(), noise(2)).data];
    kernels.composite(out, frame, alpha, background, WIDTH, HEIGHT);
    expect([...arena.bytes(out, BYTES)]).toEqual(expected);
    expect([...arena.bytes(frame, BYTES)]).toEqual([...noise(1).data]);
    kernels.composite(frame, frame, alpha, background, WIDTH, HEIGHT);
    expect([...arena.bytes(frame, BYTES)]).toEqual(expected);
  });

  it('turn alpha into luma as it is said plainly', () => {
    const alpha = place(Uint8Array.from({ length: 256 }, (_, i) => i));
    kernels.alphaToLuma(alpha, 256);
    expect([...arena.bytes(alpha, 256)]).toEqual(Array.from({ length: 256 }, (_, i) => alphaAsLuma(i)));
  });

  it('move alpha exactly as they move the picture', () => {
    const columns = WIDTH / 16 + 1;
    const rows = HEIGHT / 16 + 1;
    const lattice = (source: (x: number, y: number) => number): number =>
      place(new Uint8Array(Int32Array.from({ length: columns * rows }, (_, i) => Math.round(source((i % columns) * 16, Math.floor(i / columns) * 16) * 65536)).buffer));
    // Only the left half moves.
    const u = lattice((x) => Math.min(x + (x < 32 ? 0.7 : 0), WIDTH - 2));
    const v = lattice((x, y) => Math.min(y + (x < 32 ? 1.3 : 0), HEIGHT - 2));
    const picture = noise(3);
    const base = place(picture.data);
    const drawn = place(picture.data);
    kernels.warpCells(drawn, base, WIDTH, HEIGHT, u, v);
    const moved = place(picture.data.subarray(0, LUMA));
    const clearance = place(new Uint8Array((columns - 1) * (rows - 1)));
    kernels.warpAlpha(moved, base, WIDTH, HEIGHT, u, v, clearance);
    expect([...arena.bytes(moved, LUMA)]).toEqual([...arena.bytes(drawn, LUMA)]);
    expect([...arena.bytes(moved, LUMA)]).not.toEqual([...picture.data.subarray(0, LUMA)]);
    arena.bytes(moved, LUMA).set(picture.data.subarray(0, LUMA));
    arena.bytes(clearance, (columns - 1) * (rows - 1)).fill(1);
    kernels.warpAlpha(moved, base, WIDTH, HEIGHT, u, v, clearance);
    expect([...arena.bytes(moved, LUMA)]).toEqual([...picture.data.subarray(0, LUMA)]);
  });
});

describe('laySideBySide', () => {
  it('puts colour left and alpha right, and cuts off what is more than the frame', () => {
    const person = noise(5);
    const alpha = ramp().map(alphaAsLuma);
    const out = allocateI420({ width: 2 * 56, height: 40 });
    laySideBySide(person.data, alpha, person, out);
    for (const [x, y] of [[0, 0], [55, 0], [30, 39]] as const) {
      expect(out.data[y * 112 + x]).toBe(person.data[y * WIDTH + x]);
      expect(out.data[y * 112 + 56 + x]).toBe(alpha[y * WIDTH + x]);
    }
    expect(alpha[10]).toBe(16);
    expect(alpha[60]).toBe(235);
    const blue = 112 * 40;
    expect(out.data[blue + 3 * 56 + 7]).toBe(person.data[LUMA + 3 * 32 + 7]);
    expect(out.data[blue * 1.25 + 3 * 56 + 7]).toBe(person.data[LUMA * 1.25 + 3 * 32 + 7]);
    expect(out.data[blue + 3 * 56 + 28]).toBe(128);
  });
});
