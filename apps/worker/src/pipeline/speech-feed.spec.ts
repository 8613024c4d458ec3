import { describe, expect, it, vi } from 'vitest';
import { SpeechFeed, type SpokenPiece } from './speech-feed.ts';

const STEP = 960;
/** A piece whose mouth says at which of its samples it is, in every parameter; `steps` as many as its sound needs, or fewer. */
function piece(samples: number, steps = Math.floor(samples / STEP) + 1): SpokenPiece {
  return { samples: new Float32Array(samples), mouth: Float32Array.from({ length: steps * 8 }, (_, i) => Math.floor(i / 8) * STEP) };
}

async function fed(pieces: SpokenPiece[], skipSamples = 0): Promise<SpeechFeed> {
  const feed = new SpeechFeed(async function* () {
    yield* pieces;
  }, skipSamples);
  feed.start();
  await vi.waitFor(() => expect(feed.ended).toBe(true));
  return feed;
}

/** The mouth at each read of so many samples; null where it is not known. */
function mouths(feed: SpeechFeed, reads: readonly number[]): (number | null)[] {
  const params = new Float32Array(8);
  return reads.map((count) => {
    const known = feed.readMouth(params);
    feed.read(new Float32Array(count), count);
    expect(new Set(params).size).toBe(1);
    return known ? params[0]! : null;
  });
}

describe('the mouth of speech', () => {
  it('is that of the next sample, however the sound is read', async () => {
    expect(mouths(await fed([piece(4 * STEP)]), [STEP, 480, 120, 1, 2 * STEP])).toEqual([0, 960, 1440, 1560, 1561]);
  });

  it('goes on with the next piece, which begins where it begins', async () => {
    const feed = await fed([piece(1500, 2), piece(3 * STEP)]);
    expect(mouths(feed, [STEP, STEP, STEP, STEP])).toEqual([0, 960, 420, 1380]);
  });

  it('is not known behind its end, without one, or when nothing is there', async () => {
    expect(mouths(await fed([piece(4 * STEP, 2)]), [STEP, STEP, STEP])).toEqual([0, 960, null]);
    expect(mouths(await fed([piece(4 * STEP, 2)]), [480, 480, 480, 480])).toEqual([0, 480, 960, null]);
    expect(mouths(await fed([new Float32Array(STEP), piece(STEP, 1)]), [STEP, STEP, STEP])).toEqual([null, 0, null]);
  });

  it('stays with its sound where a part was heard before', async () => {
    expect(mouths(await fed([piece(1000), piece(4 * STEP)], 1000 + 1234), [STEP, STEP])).toEqual([1234, 2194]);
  });
});

describe('sound that was heard before', () => {
  it('is left out, in all pieces', async () => {
    const pieces = [1, 2, 3].map((value) => new Float32Array(100).fill(value));
    const feed = await fed(pieces, 130);
    expect(feed.available).toBe(170);
    const read = new Float32Array(170);
    expect(feed.read(read, 170)).toBe(170);
    expect([...read]).toEqual([...new Array<number>(70).fill(2), ...new Array<number>(100).fill(3)]);
  });
});
