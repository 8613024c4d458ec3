import { createPcm16Decoder, type Pcm16Decoder } from '@visavis/codec';

/** Samples that a client streams while they are being said: pushed as they come, read by the media session. */
export class StreamedSpeech implements AsyncIterable<Float32Array> {
  private readonly pieces: Float32Array[] = [];
  private readonly decoder: Pcm16Decoder;
  private failure: unknown;
  private over = false;
  private wake: (() => void) | undefined;

  constructor(sampleRateHz: number, maxDurationMs: number) {
    this.decoder = createPcm16Decoder({ sampleRateHz, maxDurationMs });
  }

  /** @param pcm s16le mono */
  push(pcm: Uint8Array): void {
    if (!this.over) this.take(() => this.decoder.decode(pcm));
  }

  /** Nothing more comes; what was pushed is still said. */
  end(): void {
    if (this.over) return;
    this.take(() => this.decoder.finish());
    this.over = true;
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Float32Array> {
    for (;;) {
      const piece = this.pieces.shift();
      if (piece) yield piece;
      else if (this.failure !== undefined) throw this.failure;
      else if (this.over) return;
      else {
        await new Promise<void>((resolve) => (this.wake = resolve));
        this.wake = undefined;
      }
    }
  }

  private take(decode: () => Float32Array[]): void {
    try {
      this.pieces.push(...decode());
    } catch (error) {
      this.failure = error;
      this.over = true;
    }
    this.wake?.();
  }
}
