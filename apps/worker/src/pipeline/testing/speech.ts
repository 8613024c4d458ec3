import type { ShapedSpeech } from '../speech-feed.ts';

/** A tone of a given length, in pieces of 100 ms. */
export async function* tone(durationMs: number, pieceMs = 100): AsyncGenerator<Float32Array> {
  const total = durationMs * 48;
  for (let start = 0; start < total; start += pieceMs * 48) {
    yield Float32Array.from({ length: Math.min(pieceMs * 48, total - start) }, (_, index) => 0.5 * Math.sin(((start + index) * 2 * Math.PI) / 96 + 0.1));
  }
}

/** The same with a mouth in each piece, whose every parameter says at which part of the whole it is. */
export async function* shapedTone(durationMs: number, pieceMs = 100): AsyncGenerator<ShapedSpeech> {
  let startMs = 0;
  for await (const samples of tone(durationMs, pieceMs)) {
    const steps = Math.floor(samples.length / 960) + 1;
    const mouth = Float32Array.from({ length: steps * 8 }, (_, i) => (startMs + Math.floor(i / 8) * 20) / durationMs);
    startMs += samples.length / 48;
    yield { samples, mouth };
  }
}

/** A source that the test feeds by hand. */
export function handFed(): { source: AsyncGenerator<Float32Array>; give(durationMs: number): void; finish(): void; fail(error: Error): void } {
  const waiting: (Float32Array | Error | null)[] = [];
  let wake: (() => void) | undefined;
  const put = (item: Float32Array | Error | null): void => {
    waiting.push(item);
    wake?.();
  };
  async function* read(): AsyncGenerator<Float32Array> {
    for (;;) {
      while (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const item = waiting.shift();
      if (item === null || item === undefined) return;
      if (item instanceof Error) throw item;
      yield item;
    }
  }
  return {
    source: read(),
    give: (durationMs) => put(new Float32Array(durationMs * 48).fill(0.3)),
    finish: () => put(null),
    fail: (error) => put(error),
  };
}
