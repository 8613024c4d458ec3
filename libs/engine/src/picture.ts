export interface PictureSize {
  /** Pixels, even. */
  width: number;
  /** Pixels, even. */
  height: number;
}

/** One planar YUV 4:2:0 picture, limited range BT.601: `data` holds Y (w·h), then U and V (w/2·h/2 each), without padding. */
export interface I420Picture extends PictureSize {
  data: Uint8Array;
}

export function i420ByteLength({ width, height }: PictureSize): number {
  return (width * height * 3) / 2;
}

export function allocateI420(size: PictureSize): I420Picture {
  if (size.width % 2 !== 0 || size.height % 2 !== 0) {
    throw new RangeError(`I420 needs even sides, got ${size.width}x${size.height}`);
  }
  return { width: size.width, height: size.height, data: new Uint8Array(i420ByteLength(size)) };
}
