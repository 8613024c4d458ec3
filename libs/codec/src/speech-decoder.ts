import { AVERROR_EAGAIN, AVERROR_EOF, AVMEDIA_TYPE_AUDIO } from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib';
import { openContext } from './ffmpeg.ts';
import { openContainer, type OpenContainer } from './memory-file.ts';
import { mixToMono } from './pcm-frame.ts';
import { createSpeechPieces, type SpeechPieces } from './speech-pieces.ts';
import { SpeechDecodeError } from './speech-error.ts';
import { detectSpeechContainer, isAllowedDecoder } from './speech-format.ts';

export interface DecodeSpeechOptions {
  maxDurationMs: number;
  /** Stops decoding: the iteration ends without an error. */
  signal?: AbortSignal;
}

/** Damage that a decoder steps over; beyond it the file isn't worth playing. */
const MAX_BAD_PACKETS = 50;

const UNREADABLE = 'The audio is damaged or not what its first bytes say. Send WAV, MP3, Opus in Ogg or WebM, FLAC or AAC.';

/**
 * Decodes a whole file of speech (WAV, MP3, Ogg, WebM, FLAC, AAC, MP4, AIFF) to mono samples at 48 kHz in −1…1, piece by piece: the
 * first comes before the file is read to its end. Pieces are 20 to some 100 ms and belong to the reader.
 * @throws SpeechDecodeError, also after some pieces.
 */
export async function* decodeSpeech(bytes: Uint8Array, options: DecodeSpeechOptions): AsyncGenerator<Float32Array> {
  const container = detectSpeechContainer(bytes);
  if (container === undefined) {
    throw new SpeechDecodeError('unsupported_audio', 'The audio has an unknown format. Send WAV, MP3, Opus in Ogg or WebM, FLAC or AAC, or raw PCM16 with its sample_rate.');
  }
  let opened: OpenContainer;
  try {
    opened = await openContainer(bytes, container);
  } catch (error) {
    throw new SpeechDecodeError('unreadable_audio', UNREADABLE, { cause: error });
  }
  try {
    yield* decodeContainer(opened, options);
  } finally {
    await opened.close();
  }
}

async function* decodeContainer({ format }: OpenContainer, options: DecodeSpeechOptions): AsyncGenerator<Float32Array> {
  const streamIndex = format.findBestStream(AVMEDIA_TYPE_AUDIO);
  const stream = streamIndex < 0 ? undefined : format.streams[streamIndex];
  if (stream === undefined) throw new SpeechDecodeError('no_audio', 'The file has no audio in it.');
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  if (codec === null || !isAllowedDecoder(codec.name)) {
    throw new SpeechDecodeError('unsupported_audio', 'The audio inside the file has a format that is not supported. Send PCM, MP3, Opus, Vorbis, FLAC or AAC.');
  }
  const context = new CodecContext();
  context.allocContext3(codec);
  const frame = new Frame();
  frame.alloc();
  const packet = new Packet();
  packet.alloc();
  const pieces = createSpeechPieces(options.maxDurationMs);
  try {
    context.parametersToContext(stream.codecpar);
    context.threadCount = 1;
    openContext(context, codec, {});
    let badPackets = 0;
    for (let more = true; more && options.signal?.aborted !== true; ) {
      const read = await format.readFrame(packet);
      more = read >= 0;
      if (more && packet.streamIndex !== streamIndex) {
        packet.unref();
        continue;
      }
      // A file cut short plays as far as it goes.
      if (context.sendPacketSync(more ? packet : null) < 0 && more && ++badPackets > MAX_BAD_PACKETS) {
        throw new SpeechDecodeError('unreadable_audio', UNREADABLE);
      }
      packet.unref();
      receiveFrames(context, frame, pieces);
      yield* pieces.take();
    }
    if (options.signal?.aborted === true) return;
    pieces.finish();
    yield* pieces.take();
    if (pieces.totalSamples === 0) throw new SpeechDecodeError(badPackets > 0 ? 'unreadable_audio' : 'no_audio', badPackets > 0 ? UNREADABLE : 'The file has no audio in it.');
  } finally {
    packet.free();
    frame.free();
    context.freeContext();
  }
}

function receiveFrames(context: CodecContext, frame: Frame, pieces: SpeechPieces): void {
  for (;;) {
    const code = context.receiveFrameSync(frame);
    if (code === AVERROR_EAGAIN || code === AVERROR_EOF || code < 0) return;
    pieces.add(mixToMono(frame), frame.sampleRate);
    frame.unref();
  }
}
