import { AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { Frame } from 'node-av/lib';
import type { I420Picture, PictureSize } from '@visavis/engine';
import { check } from './ffmpeg.ts';

/** A frame to encode pictures from. `align`: bytes to which rows are padded, 1 for none, 0 for what FFmpeg likes best. */
export function allocatePictureFrame({ width, height }: PictureSize, align: 0 | 1): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = AV_PIX_FMT_YUV420P;
  frame.width = width;
  frame.height = height;
  check(frame.getBuffer(align), 'frame buffer');
  return frame;
}

/** Copies a picture of the frame's size, row by row. */
export function fillPictureFrame(frame: Frame, { width, height, data }: I420Picture): void {
  let offset = 0;
  for (let plane = 0; plane < 3; plane++) {
    const rowBytes = plane === 0 ? width : width / 2;
    const rows = plane === 0 ? height : height / 2;
    const target = frame.data?.[plane];
    const stride = frame.linesize[plane];
    if (target === undefined || stride === undefined) throw new Error('FFmpeg gave no picture buffer');
    for (let row = 0; row < rows; row++, offset += rowBytes) target.set(data.subarray(offset, offset + rowBytes), row * stride);
  }
}
