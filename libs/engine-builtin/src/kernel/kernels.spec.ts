import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
// @ts-expect-error a script without types
import { compileKernels } from '../../assembly/build.mjs';
import { createRandom } from '../motion/random.ts';
import { Arena } from './arena.ts';
import { BLEND_SCRATCH_BYTES, kernelsOn, LAYER_WORDS, layerWord, maskTiles } from './kernels.ts';

const WIDTH = 64;
const HEIGHT = 48;
const BYTES = (WIDTH * HEIGHT * 3) / 2;
const COLUMNS = WIDTH / 16 + 1;
const ROWS = HEIGHT / 16 + 1;

/** A smooth picture, so that interpolation is put to the test and not luck. */
function picture(arena: Arena): number {
  const address = arena.allocate(BYTES);
  const data = arena.bytes(address, BYTES);
  for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) data[y * WIDTH + x] = 128 + 100 * Math.sin(x * 0.3) * Math.cos(y * 0.2);
  for (let i = WIDTH * HEIGHT; i < BYTES; i++) data[i] = 60 + ((i * 7) % 50);
  return address;
}

function lattice(arena: Arena, source: (x: number, y: number) => [number, number]): { u: number; v: number } {
  const u = arena.allocate(COLUMNS * ROWS * 4);
  const v = arena.allocate(COLUMNS * ROWS * 4);
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      const [x, y] = source(column * 16, row * 16);
      arena.ints(u, COLUMNS * ROWS)[row * COLUMNS + column] = Math.round(x * 65536);
      arena.ints(v, COLUMNS * ROWS)[row * COLUMNS + column] = Math.round(y * 65536);
    }
  }
  return { u, v };
}

function bilinear(data: Uint8Array, stride: number, x: number, y: number): number {
  const ix = Math.floor(x), iy = Math.floor(y), fx = x - ix, fy = y - iy;
  const at = (cx: number, cy: number) => data[cy * stride + cx]!;
  return (at(ix, iy) * (1 - fx) + at(ix + 1, iy) * fx) * (1 - fy) + (at(ix, iy + 1) * (1 - fx) + at(ix + 1, iy + 1) * fx) * fy;
}

describe('the compiled pixel loops', () => {
  it('are those of the sources', async () => {
    const fresh = (await compileKernels()) as Uint8Array;
    expect(Buffer.from(fresh).equals(readFileSync(new URL('../../assets/kernels.wasm', import.meta.url)))).toBe(true);
  }, 60_000);
});

describe('warpCells', () => {
  it('leaves a frame alone whose lattice stands still', () => {
    const arena = new Arena();
    const base = picture(arena);
    const out = arena.allocate(BYTES);
    const { u, v } = lattice(arena, (x, y) => [Math.min(x, WIDTH - 2), Math.min(y, HEIGHT - 2)]);
    const drawn = kernelsOn(arena).warpCells(out, base, WIDTH, HEIGHT, u, v);
    // Cells at the right and lower edge are squeezed by the limits.
    expect(drawn).toBe(4 + 3 - 1);
    expect(arena.bytes(out, BYTES)[5 * WIDTH + 5]).toBe(0);
  });

  it.each([
    ['a shift', (x: number, y: number): [number, number] => [x + 0.4, y + 0.7]],
    ['a turn', (x: number, y: number): [number, number] => [3 + x * 0.9 + y * 0.06, 4 + y * 0.85 - x * 0.05]],
    ['a steep slope', (x: number, y: number): [number, number] => [2 + x * 0.9, 1 + y * 0.4 + x * 0.35]],
    ['a mirror of slopes', (x: number, y: number): [number, number] => [2 + x * 0.8, 20 + y * 0.4 - x * 0.25]],
  ])('samples bilinearly: %s', (_, source) => {
    const arena = new Arena();
    const base = picture(arena);
    const out = arena.allocate(BYTES);
    const { u, v } = lattice(arena, (x, y) => source(x, y).map((value, i) => Math.min(Math.max(value, 0), i === 0 ? WIDTH - 2 : HEIGHT - 2)) as [number, number]);
    kernelsOn(arena).warpCells(out, base, WIDTH, HEIGHT, u, v);
    const data = arena.bytes(base, BYTES);
    const drawn = arena.bytes(out, BYTES);
    for (let y = 0; y < 32; y++) {
      for (let x = 0; x < 48; x++) expect(Math.abs(drawn[y * WIDTH + x]! - bilinear(data, WIDTH, ...source(x, y)))).toBeLessThan(2);
    }
    const luma = WIDTH * HEIGHT;
    for (let y = 1; y < 15; y++) {
      for (let x = 1; x < 23; x++) {
        const [sx, sy] = source(2 * x + 0.5, 2 * y + 0.5);
        const wanted = bilinear(data.subarray(luma), WIDTH / 2, (sx - 0.5) / 2, (sy - 0.5) / 2);
        expect(Math.abs(drawn[luma + (y * WIDTH) / 2 + x]! - wanted)).toBeLessThan(3);
      }
    }
  });
});

describe('warpChanged', () => {
  it('draws again what moved by a tenth of a pixel, and what was painted over', () => {
    const arena = new Arena();
    const kernels = kernelsOn(arena);
    const base = picture(arena);
    const out = arena.allocate(BYTES);
    const cells = (WIDTH * HEIGHT) / 256;
    const shown = arena.allocate(cells * 32);
    const dirty = arena.allocate(cells);
    arena.bytes(dirty, cells).fill(1);
    const shifted = (shift: number) => lattice(arena, (x, y) => [Math.min(x + shift, WIDTH - 2), Math.min(y, HEIGHT - 2)]);
    const draw = ({ u, v }: { u: number; v: number }) => kernels.warpChanged(out, base, WIDTH, HEIGHT, u, v, shown, dirty);
    expect(draw(shifted(0))).toBe(cells);
    expect(draw(shifted(0.09))).toBe(0);
    expect(draw(shifted(0.12))).toBe(cells);
    arena.bytes(dirty, cells)[5] = 1;
    const before = arena.bytes(out, BYTES).slice();
    arena.bytes(out, BYTES).fill(7);
    expect(draw(shifted(0.12))).toBe(1);
    // The cell at row 1, column 1 is as it was.
    expect(arena.bytes(out, BYTES)[20 * WIDTH + 20]).toBe(before[20 * WIDTH + 20]);
    expect(arena.bytes(out, BYTES)[0]).toBe(7);
  });
});

describe('blendLayers', () => {
  function blend(masks: [number, number], weights: [number, number], presence = 256): { drawn: Uint8Array; before: Uint8Array } {
    const arena = new Arena();
    const out = picture(arena);
    const before = arena.bytes(out, BYTES).slice();
    const layers = arena.allocate(2 * LAYER_WORDS * 4);
    const { u, v } = lattice(arena, (x, y) => [Math.min(x, 40), Math.min(y, 30)]);
    [0, 1].forEach((l) => {
      const patch = arena.allocate(BYTES);
      arena.bytes(patch, BYTES).fill(l === 0 ? 40 : 200);
      const mask = arena.allocate(BYTES);
      arena.bytes(mask, BYTES).fill(masks[l]!);
      const words = arena.ints(layers + l * LAYER_WORDS * 4, LAYER_WORDS);
      words[layerWord.y] = patch;
      words[layerWord.u] = patch + WIDTH * HEIGHT;
      words[layerWord.v] = patch + (WIDTH * HEIGHT * 5) / 4;
      words[layerWord.stride] = WIDTH;
      words[layerWord.sourceU] = u;
      words[layerWord.sourceV] = v;
      words[layerWord.weight] = weights[l]!;
      words[layerWord.maskWeight] = weights[l]!;
      words[layerWord.mask] = mask;
      words[layerWord.halfMask] = mask;
      const tiles = maskTiles(arena.bytes(mask, WIDTH * HEIGHT), WIDTH, HEIGHT);
      words[layerWord.tiles] = arena.allocate(tiles.length);
      arena.bytes(words[layerWord.tiles]!, tiles.length).set(tiles);
    });
    kernelsOn(arena).blendLayers(out, WIDTH, HEIGHT, 0, 0, 4, 3, layers, 2, presence, arena.allocate(BLEND_SCRATCH_BYTES));
    return { drawn: arena.bytes(out, BYTES), before };
  }

  it('shows the weighted mean where the masks are full, in all planes', () => {
    const { drawn } = blend([255, 255], [64, 192]);
    for (const value of drawn) expect(value).toBe(160);
  });

  it('leaves what no mask covers', () => {
    const { drawn, before } = blend([0, 0], [128, 128]);
    expect(Buffer.from(drawn).equals(Buffer.from(before))).toBe(true);
  });

  it('mixes by the mask, and by presence', () => {
    const half = blend([128, 128], [256, 0]);
    half.drawn.forEach((value, i) => expect(Math.abs(value - (half.before[i]! + 40) / 2)).toBeLessThan(2));
    const present = blend([255, 255], [256, 0], 128);
    present.drawn.forEach((value, i) => expect(Math.abs(value - (present.before[i]! + 40) / 2)).toBeLessThan(2));
  });
});

describe('resample', () => {
  it('scales a part of a plane, and repeats the edge beyond it', () => {
    const arena = new Arena();
    const source = picture(arena);
    const out = arena.allocate(40 * 30);
    const [left, top, step] = [20.25, 10.5, 1.3];
    kernelsOn(arena).resample(out, 40, 30, source, WIDTH, HEIGHT, left * 65536, top * 65536, Math.round(step * 65536));
    const data = arena.bytes(source, BYTES);
    for (let y = 0; y < 30; y++) {
      for (let x = 0; x < 40; x++) {
        const wanted = bilinear(data, WIDTH, Math.min(left + x * step, WIDTH - 1.001), Math.min(top + y * step, HEIGHT - 1.001));
        expect(Math.abs(arena.bytes(out, 1200)[y * 40 + x]! - wanted)).toBeLessThan(2);
      }
    }
  });
});

describe('maskTiles', () => {
  it('says what each part of a mask holds at least and at most', () => {
    const mask = new Uint8Array(32 * 20).fill(255);
    mask[3] = 7;
    expect([...maskTiles(mask, 32, 20)]).toEqual([7, 255, 255, 255, 0, 255, 0, 255, 0, 0, 0, 0]);
  });
});

describe('spread and addScaled', () => {
  it('multiply and add', () => {
    const arena = new Arena();
    const kernels = kernelsOn(arena);
    const random = createRandom(3);
    const [basis, x, y, outX, outY] = [3 * 8, 8, 8, 4, 4].map((length) => arena.allocate(length * 4)) as [number, number, number, number, number];
    for (const [address, length] of [[basis, 24], [x, 8], [y, 8]] as const) arena.floats(address, length).set(Float32Array.from({ length }, () => random() - 0.5));
    kernels.spread(basis, 3, 8, x, y, outX, outY);
    const dot = (node: number, move: number) => arena.floats(basis + node * 32, 8).reduce((sum, share, i) => sum + share * arena.floats(move, 8)[i]!, 0);
    for (let node = 0; node < 3; node++) {
      expect(arena.floats(outX, 3)[node]).toBeCloseTo(dot(node, x), 5);
      expect(arena.floats(outY, 3)[node]).toBeCloseTo(dot(node, y), 5);
    }
    const before = arena.floats(x, 8).slice();
    kernels.addScaled(x, y, 2, 8);
    arena.floats(x, 8).forEach((value, i) => expect(value).toBeCloseTo(before[i]! + 2 * arena.floats(y, 8)[i]!, 5));
  });
});
