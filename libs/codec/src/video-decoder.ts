import { type Codec, type CodecContext, Frame, Packet } from 'node-av/lib';
import { AVERROR_EAGAIN } from 'node-av/constants';
import { allocateI420, type I420Picture } from '@visavis/engine';
import { allocateContext, check, openContext } from './ffmpeg.ts';
import type { VideoCodec } from './video-encoder.ts';

/** Turns coded pictures back into I420, for idle loops that are stored encoded and for checks. */
export interface VideoDecoder {
  /**
   * Decodes one access unit (Annex B for H.264). Returns a new picture, or undefined when the unit shows none.
   * @throws Error when the data is damaged.
   */
  decode(data: Uint8Array): I420Picture | undefined;
  close(): void;
}

export function createVideoDecoder(codecName: VideoCodec): VideoDecoder {
  const { context, codec }: { context: CodecContext; codec: Codec } = allocateContext(codecName, 'decoder');
  context.threadCount = 1;
  // Without this H.264 holds pictures back in case later ones come first; there are no B frames here.
  openContext(context, codec, { flags: '+low_delay' });
  const frame = new Frame();
  frame.alloc();
  const packet = new Packet();
  packet.alloc();
  let closed = false;
  return {
    decode(data) {
      if (closed) throw new Error('the video decoder is closed');
      packet.data = Buffer.from(data);
      check(context.sendPacketSync(packet), 'decode');
      packet.unref();
      const code = context.receiveFrameSync(frame);
      if (code === AVERROR_EAGAIN) return undefined;
      check(code, 'decode');
      const picture = copyPicture(frame);
      frame.unref();
      return picture;
    },
    close() {
      if (closed) return;
      closed = true;
      packet.free();
      frame.free();
      context.freeContext();
    },
  };
}

export function copyPicture(frame: Frame): I420Picture {
  const { width, height } = frame;
  const picture = allocateI420({ width, height });
  const planes = frame.data ?? [];
  let offset = 0;
  for (let plane = 0; plane < 3; plane++) {
    const rowBytes = plane === 0 ? width : width / 2;
    const rows = plane === 0 ? height : height / 2;
    const source = planes[plane];
    const stride = frame.linesize[plane];
    if (source === undefined || stride === undefined) throw new Error('the decoded picture is not I420');
    for (let row = 0; row < rows; row++, offset += rowBytes) {
      picture.data.set(source.subarray(row * stride, row * stride + rowBytes), offset);
    }
  }
  return picture;
}
