import { describe, expect, it } from 'vitest';
import { allocateI420, i420ByteLength } from '@visavis/engine';
import { Arena } from '../kernel/arena.ts';
import { kernelsOn } from '../kernel/kernels.ts';
import { BackgroundPainter, clearanceOf, stageAlpha } from './background-painter.ts';
import { plainPicture } from './background.ts';
import { alphaAsLuma } from './composite.ts';

const size = { width: 256, height: 192 };
const PIXELS = size.width * size.height;
const columns = size.width / 16;
const rows = size.height / 16;

/** A person that fills the left half, with an edge of eight pixels. */
const alpha = Uint8Array.from({ length: PIXELS }, (_, i) => Math.round(255 * Math.min(Math.max((132 - (i % size.width)) / 8, 0), 1)));

/** Frames of a white person, drawn with a shift to the right, over black. */
function painted(shift: number) {
  const arena = new Arena();
  const kernels = kernelsOn(arena);
  const put = (bytes: Uint8Array): number => {
    const address = arena.allocate(bytes.length);
    arena.bytes(address, bytes.length).set(bytes);
    return address;
  };
  const lattice = (source: (column: number, row: number) => number): number =>
    put(new Uint8Array(Int32Array.from({ length: (columns + 1) * (rows + 1) }, (_, i) => Math.round(source(i % (columns + 1), Math.floor(i / (columns + 1))) * 65536)).buffer));
  const sourceU = lattice((column) => Math.min(Math.max(column * 16 - shift, 0), size.width - 2));
  const sourceV = lattice((_, row) => Math.min(row * 16, size.height - 2));
  const matte = stageAlpha(alpha, size, arena);
  const painter = new BackgroundPainter(size, [matte], put(plainPicture('#000000', size).data), arena, kernels);
  const canvas = put(plainPicture('#ffffff', size).data);
  const shown = arena.allocate(i420ByteLength(size));
  return { painter, canvas, shown, arena, paint: () => painter.paint(shown, canvas, 0, sourceU, sourceV), luma: arena.bytes(shown, PIXELS), drawn: arena.bytes(shown, i420ByteLength(size)) };
}

/** The column where a row is half clear. */
const edgeOf = (row: Uint8Array) => row.findIndex((value) => value < 125);

describe('BackgroundPainter', () => {
  it.each([0, 3, -7, 11, 45, -60])('moves alpha with the picture, here by %d pixels', (shift) => {
    const { paint, luma } = painted(shift);
    paint();
    const row = luma.subarray(96 * size.width, 97 * size.width);
    expect(Math.abs(edgeOf(row) - (128 + shift))).toBeLessThan(2);
    expect(row[20]).toBe(235);
    expect(row[240]).toBe(16);
  });

  it('paints the same frame again, whatever was painted before', () => {
    const { paint, drawn, painter, canvas, shown } = painted(5);
    paint();
    const first = drawn.slice();
    painter.copyTransparent(drawn, allocateI420({ width: 2 * size.width, height: size.height }));
    paint();
    expect(drawn).toEqual(first);
    expect(canvas).not.toBe(shown);
  });

  it('gives colour and alpha side by side', () => {
    const { paint, painter, drawn } = painted(0);
    paint();
    const out = allocateI420({ width: 2 * size.width, height: size.height });
    painter.copyTransparent(drawn, out);
    for (const x of [0, 100, 126, 128, 131, 255]) {
      expect(out.data[96 * 512 + 256 + x]).toBe(alphaAsLuma(alpha[96 * 256 + x]!));
      expect(out.data[96 * 512 + x]).toBe(drawn[96 * 256 + x]);
    }
  });

  it('refuses frames that are not whole cells', () => {
    const arena = new Arena();
    expect(() => new BackgroundPainter({ width: 250, height: 192 }, [], 0, arena, kernelsOn(arena))).toThrow(RangeError);
  });
});

describe('clearanceOf', () => {
  it('counts the cells up to where alpha is another', () => {
    const cells = clearanceOf(alpha, size.width, size.height);
    // The edge lies in columns 7 and 8.
    expect([...cells.subarray(5 * columns, 6 * columns)]).toEqual([6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6]);
  });

  it('takes solid beside clear for an edge, too', () => {
    const sharp = Uint8Array.from({ length: PIXELS }, (_, i) => (i % size.width < 128 ? 255 : 0));
    expect([...clearanceOf(sharp, size.width, size.height).subarray(0, 16)]).toEqual([7, 6, 5, 4, 3, 2, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('looks across corners and down', () => {
    const dot = new Uint8Array(PIXELS);
    dot[100 * size.width + 100] = 9;
    const cells = clearanceOf(dot, size.width, size.height);
    expect(cells[6 * columns + 6]).toBe(0);
    expect(cells[5 * columns + 5]).toBe(0);
    expect(cells[4 * columns + 4]).toBe(1);
    expect(cells[9 * columns + 6]).toBe(2);
  });
});
