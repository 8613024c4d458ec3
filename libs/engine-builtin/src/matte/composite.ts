/*
 * A person over a background, in I420: what the loops in assembly/composite.ts do, said plainly. Tests hold them to it, byte for byte.
 */
import type { I420Picture, PictureSize } from '@visavis/engine';

/** The luma rows from `fromRow` to before `toRow` (both even) of `person` over `background` into `out`, and their chroma; all of one size. */
export function compositeRows(person: I420Picture, alpha: Uint8Array, background: I420Picture, out: I420Picture, fromRow: number, toRow: number): void {
  const { width, height } = out;
  for (let i = fromRow * width; i < toRow * width; i++) out.data[i] = mix(person.data[i]!, background.data[i]!, alpha[i]!);
  const luma = width * height;
  for (let row = fromRow / 2; row < toRow / 2; row++) {
    for (let column = 0; column < width / 2; column++) {
      const at = 2 * row * width + 2 * column;
      const mean = (alpha[at]! + alpha[at + 1]! + alpha[at + width]! + alpha[at + width + 1]! + 2) >> 2;
      const blue = luma + (row * width) / 2 + column;
      const red = blue + luma / 4;
      out.data[blue] = mix(person.data[blue]!, background.data[blue]!, mean);
      out.data[red] = mix(person.data[red]!, background.data[red]!, mean);
    }
  }
}

/** The exact quotient by 255, rounded: 255 is nothing but the person, 0 nothing but the background. */
function mix(person: number, background: number, alpha: number): number {
  return divideBy255(person * alpha + background * (255 - alpha));
}

function divideBy255(value: number): number {
  return (value + 128 + ((value + 128) >> 8)) >> 8;
}

/** Alpha as the luma of a limited-range picture shows it: 16 is clear, 235 solid. */
export function alphaAsLuma(alpha: number): number {
  return 16 + divideBy255(219 * alpha);
}

/**
 * The picture of a transparent avatar: `person`, already laid over black, on the left, and on the right `alphaLuma` (see `alphaAsLuma`) as
 * grey. `out` is twice as wide as the frame; where person and alpha are larger than that (`size`), their right and lower edges are left out.
 */
export function laySideBySide(person: Uint8Array, alphaLuma: Uint8Array, size: PictureSize, out: I420Picture): void {
  const width = out.width / 2;
  for (let row = 0; row < out.height; row++) {
    const from = row * size.width;
    out.data.set(person.subarray(from, from + width), row * out.width);
    out.data.set(alphaLuma.subarray(from, from + width), row * out.width + width);
  }
  const luma = size.width * size.height;
  const outLuma = out.width * out.height;
  for (let plane = 0; plane < 2; plane++) {
    for (let row = 0; row < out.height / 2; row++) {
      const from = luma + (plane * luma) / 4 + (row * size.width) / 2;
      const to = outLuma + (plane * outLuma) / 4 + row * width;
      out.data.set(person.subarray(from, from + width / 2), to);
      out.data.fill(128, to + width / 2, to + width);
    }
  }
}
