import type { SpeechFailure } from './pipeline-event.ts';

/** Speech as mono samples at 48 kHz in −1…1, piece by piece. A piece belongs to the reader once it was handed over. */
export type SpeechSource = AsyncIterable<Float32Array>;

/** Opened when the utterance's turn is near; the signal says that nobody listens any more. */
export type SpeechSourceOpener = (signal: AbortSignal) => SpeechSource;

/** An error whose message may be shown to a customer carries a code. */
interface CodedError {
  code: string;
  message: string;
}

const HIGH_WATER_SAMPLES = 3 * 48_000;
const LOW_WATER_SAMPLES = 48_000;

/**
 * Reads one utterance's source ahead of time, so that the media clock can take samples without waiting.
 * Holds at most three seconds and a piece; a source that is faster waits.
 */
export class SpeechFeed {
  /** The source has nothing more: what is `available` is the rest. */
  ended = false;
  failure: SpeechFailure | undefined;
  available = 0;
  private readonly open: SpeechSourceOpener;
  private skipSamples: number;
  private readonly abort = new AbortController();
  private readonly pieces: Float32Array[] = [];
  private headOffset = 0;
  private started = false;
  private wake: (() => void) | undefined;

  /** @param skipSamples how much of the beginning was heard before (a sentence resumed elsewhere). */
  constructor(open: SpeechSourceOpener, skipSamples: number) {
    this.open = open;
    this.skipSamples = skipSamples;
  }

  /** Begins to read. May be called again. */
  start(): void {
    if (this.started) return;
    this.started = true;
    void this.pump();
  }

  /** Moves up to `count` samples to the start of `target`. Returns how many there were. */
  read(target: Float32Array, count: number): number {
    let written = 0;
    while (written < count) {
      const piece = this.pieces[0];
      if (piece === undefined) break;
      const size = Math.min(count - written, piece.length - this.headOffset);
      for (let index = 0; index < size; index++) target[written + index] = piece[this.headOffset + index]!;
      written += size;
      this.headOffset += size;
      if (this.headOffset === piece.length) {
        this.pieces.shift();
        this.headOffset = 0;
      }
    }
    this.available -= written;
    if (this.available < LOW_WATER_SAMPLES) this.wake?.();
    return written;
  }

  /** Stops reading and forgets what was read. */
  cancel(): void {
    this.abort.abort();
    this.pieces.length = 0;
    this.available = 0;
    this.ended = true;
    this.wake?.();
  }

  private async pump(): Promise<void> {
    try {
      for await (const piece of this.open(this.abort.signal)) {
        if (this.abort.signal.aborted) break;
        this.append(piece);
        if (this.available >= HIGH_WATER_SAMPLES) await this.drained();
      }
    } catch (error) {
      if (!this.abort.signal.aborted) this.failure = describeFailure(error);
    }
    this.ended = true;
  }

  private append(piece: Float32Array): void {
    const skipped = Math.min(this.skipSamples, piece.length);
    this.skipSamples -= skipped;
    if (skipped === piece.length) return;
    this.pieces.push(skipped === 0 ? piece : piece.subarray(skipped));
    this.available += piece.length - skipped;
  }

  private drained(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = undefined;
        resolve();
      };
    });
  }
}

/** What a customer may know of an error: its code and message if they were made for that. */
export function describeFailure(error: unknown): SpeechFailure {
  if (error instanceof Error && typeof (error as Partial<CodedError>).code === 'string' && error.name.startsWith('Speech')) {
    return { code: (error as unknown as CodedError).code, detail: error.message, cause: error };
  }
  return { code: 'speech_failed', detail: 'The speech could not be played.', cause: error };
}
