import { AVERROR_EOF, AVFMT_FLAG_CUSTOM_IO, AVSEEK_CUR, AVSEEK_END, AVSEEK_SET, AVSEEK_SIZE } from 'node-av/constants';
import { FormatContext, InputFormat, IOContext } from 'node-av/lib';
import { describeError } from './ffmpeg.ts';
import type { ClipContainer } from './clip-format.ts';
import type { SpeechContainer } from './speech-format.ts';

const BUFFER_BYTES = 64 * 1024;

export interface OpenContainer {
  format: FormatContext;
  close(): Promise<void>;
}

/** Opens bytes in memory with one named demuxer. @throws Error with FFmpeg's text when they aren't what the container's name says. */
export async function openContainer(bytes: Uint8Array, container: SpeechContainer | ClipContainer): Promise<OpenContainer> {
  const demuxer = InputFormat.findInputFormat(container);
  if (demuxer === null) throw new Error(`FFmpeg has no demuxer named ${container}`);
  const io = openMemory(bytes);
  const format = new FormatContext();
  format.allocContext();
  format.pb = io;
  format.setFlags(AVFMT_FLAG_CUSTOM_IO);
  const close = async (): Promise<void> => {
    format.pb = null;
    await format.closeInput();
    io.freeContext();
  };
  const opened = await format.openInput('', demuxer, null);
  if (opened < 0) {
    // FFmpeg has freed the format itself.
    io.freeContext();
    throw new Error(describeError(opened));
  }
  const found = await format.findStreamInfo(null);
  if (found < 0) {
    await close();
    throw new Error(describeError(found));
  }
  return { format, close };
}

function openMemory(bytes: Uint8Array): IOContext {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  const io = new IOContext();
  io.allocContextWithCallbacks(
    BUFFER_BYTES,
    0,
    (size) => {
      if (position >= data.length) return AVERROR_EOF;
      const piece = data.subarray(position, position + size);
      position += piece.length;
      return piece;
    },
    null,
    (offset, whence) => {
      if (whence === AVSEEK_SIZE) return BigInt(data.length);
      const target = { [AVSEEK_SET]: 0, [AVSEEK_CUR]: position, [AVSEEK_END]: data.length }[whence];
      if (target === undefined) return BigInt(position);
      position = Math.max(0, Math.min(data.length, target + Number(offset)));
      return BigInt(position);
    },
  );
  return io;
}
