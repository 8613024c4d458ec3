/** Blurs a plane in place with a Gaussian; edges go on as they are. */
export function gaussianBlur(plane: Float32Array, width: number, height: number, sigma: number): void {
  if (sigma < 0.2) return;
  const reach = Math.max(1, Math.ceil(2.5 * sigma));
  const kernel = Float32Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const sum = kernel.reduce((total, part) => total + part, 0);
  for (let i = 0; i < kernel.length; i++) kernel[i]! /= sum;
  const line = new Float32Array(Math.max(width, height));
  for (let y = 0; y < height; y++) blurLine(plane, y * width, 1, width, kernel, reach, line);
  for (let x = 0; x < width; x++) blurLine(plane, x, width, height, kernel, reach, line);
}

function blurLine(plane: Float32Array, start: number, stride: number, length: number, kernel: Float32Array, reach: number, line: Float32Array): void {
  for (let i = 0; i < length; i++) line[i] = plane[start + i * stride]!;
  for (let i = 0; i < length; i++) {
    let value = 0;
    for (let k = -reach; k <= reach; k++) value += kernel[k + reach]! * line[Math.min(Math.max(i + k, 0), length - 1)]!;
    plane[start + i * stride] = value;
  }
}
