import { createResampler, type Resampler } from '@visavis/codec';

const SPEECH_RATE_HZ = 48_000;

/** Samples that a client streams while they are being said: pushed as they come, read by the media session. */
export class StreamedSpeech implements AsyncIterable<Float32Array> {
  private readonly pieces: Float32Array[] = [];
  private readonly resampler: Resampler | null;
  private over = false;
  private wake: (() => void) | undefined;

  constructor(sampleRateHz: number) {
    this.resampler = sampleRateHz === SPEECH_RATE_HZ ? null : createResampler(sampleRateHz, SPEECH_RATE_HZ);
  }

  /** @param pcm s16le mono, whole samples */
  push(pcm: Buffer): void {
    if (this.over) return;
    const samples = new Float32Array(pcm.byteLength >> 1);
    for (let i = 0; i < samples.length; i++) samples[i] = pcm.readInt16LE(i * 2) / 32_768;
    this.pieces.push(this.resampled(samples));
    this.wake?.();
  }

  /** Nothing more comes; what was pushed is still said. */
  end(): void {
    if (this.over) return;
    this.over = true;
    // The filter still holds the last few samples.
    if (this.resampler) this.pieces.push(this.resampled(new Float32Array(Math.ceil(this.resampler.delayInputSamples))));
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Float32Array> {
    for (;;) {
      const piece = this.pieces.shift();
      if (piece) yield piece;
      else if (this.over) return;
      else {
        await new Promise<void>((resolve) => (this.wake = resolve));
        this.wake = undefined;
      }
    }
  }

  private resampled(samples: Float32Array): Float32Array {
    if (!this.resampler) return samples;
    const out = new Float32Array(this.resampler.maxOutputLength(samples.length));
    return out.subarray(0, this.resampler.process(samples, out));
  }
}
