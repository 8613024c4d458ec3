import type { SpeechSourceOpener, SpokenPiece } from '../speech-feed.ts';

/** A source of speech whose pieces come from another thread, one for each pull. */
export interface PulledSpeech {
  open: SpeechSourceOpener;
  give(piece: SpokenPiece): void;
  end(failure?: { code: string; detail: string }): void;
}

/** Two pieces are asked for ahead, so that the way between the threads costs no sound. */
const PULLS_AHEAD = 2;

/** Stands for the other side's error; its code and message were made for the customer there. */
class SpeechRelayError extends Error {
  override readonly name = 'SpeechRelayError';
  readonly code: string;
  constructor({ code, detail }: { code: string; detail: string }) {
    super(detail);
    this.code = code;
  }
}

export function createPulledSpeech(ask: { pull(): void; drop(): void }): PulledSpeech {
  const pieces: SpokenPiece[] = [];
  let ended = false;
  let failure: { code: string; detail: string } | undefined;
  let wake: (() => void) | undefined;

  async function* read(signal: AbortSignal): AsyncGenerator<SpokenPiece> {
    signal.addEventListener(
      'abort',
      () => {
        if (!ended) ask.drop();
        ended = true;
        wake?.();
      },
      { once: true },
    );
    for (let pull = 0; pull < PULLS_AHEAD; pull++) ask.pull();
    for (;;) {
      const piece = pieces.shift();
      if (piece !== undefined) {
        if (!ended) ask.pull();
        yield piece;
      } else if (ended) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    if (failure !== undefined) throw new SpeechRelayError(failure);
  }

  return {
    open: read,
    give(piece) {
      pieces.push(piece);
      wake?.();
    },
    end(reason) {
      ended = true;
      failure = reason;
      wake?.();
    },
  };
}
