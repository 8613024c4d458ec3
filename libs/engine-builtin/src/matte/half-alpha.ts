/** Alpha for the chroma planes: the mean of each four pixels. Sides are even. */
export function halfAlpha(alpha: Uint8Array, width: number, height: number): Uint8Array {
  const half = new Uint8Array((width * height) / 4);
  for (let y = 0, i = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2, i++) {
      const at = y * width + x;
      half[i] = (alpha[at]! + alpha[at + 1]! + alpha[at + width]! + alpha[at + width + 1]! + 2) >> 2;
    }
  }
  return half;
}
