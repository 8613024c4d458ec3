import type { Cue } from '@visavis/engine';
import { MOUTH_PARAMS, MOUTH_STEP_MS } from '@visavis/viseme-net';
import type { SpeechFailure } from './pipeline-event.ts';

/** What the avatar is to do at a moment of its speech. */
export interface SpokenCue {
  /** From the first sample of its piece; at the end of the piece, or after it, it comes with what follows. */
  atSample: number;
  cue: Cue;
}

/** Speech of which more is known than its sound. */
export interface ShapedSpeech {
  samples: Float32Array;
  /** MOUTH_PARAMS.length values every 20 ms from the first sample, as `mouthOfSegments` of viseme-net gives them; it may end before the sound. */
  mouth?: Float32Array;
  /** In the order of their samples. */
  cues?: readonly SpokenCue[];
}

/** Mono samples at 48 kHz in −1…1. They belong to the reader once they were handed over. */
export type SpokenPiece = Float32Array | ShapedSpeech;
export type SpeechSource = AsyncIterable<SpokenPiece>;

/** Opened when the utterance's turn is near; the signal says that nobody listens any more. */
export type SpeechSourceOpener = (signal: AbortSignal) => SpeechSource;

/** An error whose message may be shown to a customer carries a code. */
interface CodedError {
  code: string;
  message: string;
}

const HIGH_WATER_SAMPLES = 3 * 48_000;
const LOW_WATER_SAMPLES = 48_000;
const MOUTH_STEP_SAMPLES = (MOUTH_STEP_MS * 48_000) / 1000;
const NO_MOUTH = new Float32Array(0);

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
  private readonly pieces: ShapedSpeech[] = [];
  private headOffset = 0;
  /** Those not yet taken; `atSample` counts from the first sample that is not skipped. */
  private readonly cues: SpokenCue[] = [];
  private appendedSamples = 0;
  private readSamples = 0;
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

  /** Writes the mouth at the sample that `read` begins with to `target`, if it is known. */
  readMouth(target: Float32Array): boolean {
    const mouth = this.pieces[0]?.mouth ?? NO_MOUTH;
    const place = this.headOffset / MOUTH_STEP_SAMPLES;
    const before = Math.floor(place) * MOUTH_PARAMS.length;
    const part = place - Math.floor(place);
    const after = part === 0 ? before : before + MOUTH_PARAMS.length;
    if (after >= mouth.length) return false;
    for (let index = 0; index < MOUTH_PARAMS.length; index++) target[index] = mouth[before + index]! * (1 - part) + mouth[after + index]! * part;
    return true;
  }

  /** Moves up to `count` samples to the start of `target`. Returns how many there were. */
  read(target: Float32Array, count: number): number {
    let written = 0;
    while (written < count) {
      const piece = this.pieces[0]?.samples;
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
    this.readSamples += written;
    if (this.available < LOW_WATER_SAMPLES) this.wake?.();
    return written;
  }

  /** The next cue of what was read, and at the end of the speech of all that is left. */
  nextCue(): Cue | undefined {
    const next = this.cues[0];
    if (next === undefined || (next.atSample >= this.readSamples && !(this.ended && this.available === 0))) return undefined;
    this.cues.shift();
    return next.cue;
  }

  /** How many samples before the end of what was read the next cue stands. */
  get nextCueBack(): number {
    return Math.max(0, this.readSamples - (this.cues[0]?.atSample ?? this.readSamples));
  }

  /** Stops reading and forgets what was read. */
  cancel(): void {
    this.abort.abort();
    this.pieces.length = 0;
    this.cues.length = 0;
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

  private append(piece: SpokenPiece): void {
    const shaped: ShapedSpeech = piece instanceof Float32Array ? { samples: piece } : piece;
    const { length } = shaped.samples;
    const skipped = Math.min(this.skipSamples, length);
    const resumes = this.skipSamples > 0;
    this.skipSamples -= skipped;
    for (const { atSample, cue } of shaped.cues ?? []) this.appendCue(this.appendedSamples + atSample - skipped, cue, resumes);
    this.appendedSamples += length - skipped;
    if (skipped === length) return;
    // Only the first piece that is kept can have a part that isn't.
    if (skipped > 0) this.headOffset = skipped;
    this.pieces.push(shaped);
    this.available += length - skipped;
  }

  /** Of what was heard elsewhere, the expression still holds; what was done is done. */
  private appendCue(atSample: number, cue: Cue, resumes: boolean): void {
    if (resumes && atSample < 0) {
      if (cue.type !== 'expression') return;
      this.cues.length = 0;
    }
    this.cues.push({ atSample: Math.max(0, atSample), cue });
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
