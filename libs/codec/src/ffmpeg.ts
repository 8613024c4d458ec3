/**
 * The two ways in which node-av 6.1.1 kills the process, and how this library stays clear of them:
 * - a `Dictionary` handed to `open2` is freed twice: private options go through `setOption` before `open2Sync(codec, null)`;
 * - a plain `{ num, den }` where a `Rational` is expected is read as garbage: only `new Rational(…)` here.
 */
import { AV_LOG_FATAL } from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Log } from 'node-av/lib';

// Damaged uploads are no news for the log: their errors come back as values.
Log.setLevel(AV_LOG_FATAL);

export type EncoderName = 'libx264' | 'libvpx' | 'libopus' | 'aac';
export type DecoderName = 'h264' | 'vp8' | 'libopus';

/** Allocates a context for a codec by FFmpeg's name. @throws Error when this build of FFmpeg lacks the codec. */
export function allocateContext(name: EncoderName | DecoderName, kind: 'encoder' | 'decoder'): { context: CodecContext; codec: Codec } {
  const codec = kind === 'encoder' ? Codec.findEncoderByName(name as never) : Codec.findDecoderByName(name as never);
  if (codec === null) throw new Error(`FFmpeg has no ${kind} named ${name}`);
  const context = new CodecContext();
  context.allocContext3(codec);
  return { context, codec };
}

/** Sets private options and opens the codec. @throws Error naming the option or the codec that was refused. */
export function openContext(context: CodecContext, codec: Codec, options: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(options)) {
    check(context.setOption(name, value), `option ${name}`);
  }
  check(context.open2Sync(codec, null), `open ${codec.name}`);
}

/** @throws Error with FFmpeg's own text when `code` is an FFmpeg error. Returns `code` otherwise. */
export function check(code: number, what: string): number {
  if (code < 0) throw new Error(`${what}: ${describeError(code)}`);
  return code;
}

export function describeError(code: number): string {
  return new FFmpegError(code).message;
}
