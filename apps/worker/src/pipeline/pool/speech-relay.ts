import { describeFailure, type SpeechSource, type SpeechSourceOpener, type SpokenPiece } from '../speech-feed.ts';

export interface SpeechRelay {
  /** The other side wants the next piece. */
  pull(): void;
  /** The other side has stopped listening. */
  drop(): void;
}

export interface SpeechRelayTarget {
  give(piece: SpokenPiece): void;
  end(failure?: { code: string; detail: string }): void;
}

/** Reads a source as fast as the other side pulls. The source is opened at the first pull and closed when dropped. */
export function createSpeechRelay(source: SpeechSource | SpeechSourceOpener, target: SpeechRelayTarget): SpeechRelay {
  const abort = new AbortController();
  let iterator: AsyncIterator<SpokenPiece> | undefined;
  let wanted = 0;
  let reading = false;
  let ended = false;

  const read = async (): Promise<void> => {
    reading = true;
    try {
      iterator ??= (typeof source === 'function' ? source(abort.signal) : source)[Symbol.asyncIterator]();
      while (wanted > 0 && !ended) {
        wanted--;
        const { done, value } = await iterator.next();
        if (ended) break;
        if (done === true) {
          ended = true;
          target.end();
        } else target.give(value);
      }
    } catch (error) {
      if (!ended) {
        ended = true;
        const { code, detail } = describeFailure(error);
        target.end({ code, detail });
      }
    }
    reading = false;
  };

  return {
    pull() {
      wanted++;
      if (!reading && !ended) void read();
    },
    drop() {
      if (ended) return;
      ended = true;
      abort.abort();
      void iterator?.return?.();
    },
  };
}
