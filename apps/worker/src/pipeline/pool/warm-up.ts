import { createOpusEncoder, decodeSpeech, OPUS_FRAME_SAMPLES } from '@visavis/codec';
import { drawnSize, type LoadedAvatar, type LoadOptions } from '@visavis/engine';
import type { LiveEncoders } from '../live-encoders.ts';
import { DEFAULT_MAX_BITRATE } from '../media-session.ts';

const FPS = 25;
const ROUNDS = 12;

/**
 * Renders and encodes a little and throws it away, before anybody waits for a picture: the first calls load native code and run
 * uncompiled JavaScript, which costs most of a second. For a thread that has nothing else to do yet.
 */
export function warmUp(avatar: LoadedAvatar, usual: LoadOptions, encoders: LiveEncoders): void {
  const stream = avatar.open({ ...usual, fps: FPS, seed: 1 });
  const opus = createOpusEncoder();
  const options = { codec: 'h264', ...drawnSize(usual), fps: FPS, maxBitrate: DEFAULT_MAX_BITRATE } as const;
  const live = encoders.take(options);
  const samplesAhead = 48_000;
  const speech = Float32Array.from({ length: (samplesAhead * 2) / 3 }, (_, index) => 0.3 * Math.sin(index / 7) * Math.sin(index / 900));
  const packet = new Float32Array(OPUS_FRAME_SAMPLES).fill(0.1);
  stream.push(0, speech);
  for (let round = 0; round < ROUNDS; round++) {
    stream.frame((round * 48_000) / FPS, live.picture);
    live.encoder.encode(live.picture, round === 0);
    opus.encode(packet);
  }
  stream.close();
  opus.close();
  // For the first session.
  encoders.giveBack(options, live);
}

/** Decodes a moment of silence, so that the first utterance of a worker doesn't wait for native code to load. */
export async function warmUpSpeech(): Promise<void> {
  const wav = Buffer.alloc(44 + 3200);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(16_000, 24);
  wav.writeUInt32LE(32_000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(3200, 40);
  for await (const piece of decodeSpeech(wav, { maxDurationMs: 1000 })) void piece;
}
