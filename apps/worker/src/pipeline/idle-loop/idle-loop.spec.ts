import type { LoadedAvatar } from '@visavis/engine';
import { describe, expect, it } from 'vitest';
import { createGradientAvatar, drawGradient } from '../testing/gradient-avatar.ts';
import { idleLoopOf } from '../testing/session-rig.ts';
import { encodeIdleLoop, isLoopOf } from './encode-idle-loop.ts';
import { IdleLoop, isIntactLoop, packIdleLoop } from './idle-loop.ts';

const options = { width: 64, height: 64, fps: 25, codec: 'h264', maxBitrate: 1_000_000 } as const;

function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

describe('a packed loop', () => {
  const packed = packIdleLoop([[{ data: Uint8Array.of(1, 2, 3), key: true }, { data: Uint8Array.of(4), key: false }], [{ data: Uint8Array.of(5, 6), key: true }]]);

  it('gives back its pictures', () => {
    const loop = new IdleLoop(packed);
    expect(loop.clipLengths).toEqual([2, 1]);
    expect([...loop.unit(0, 0)]).toEqual([1, 2, 3]);
    expect([...loop.unit(0, 1)]).toEqual([4]);
    expect([...loop.unit(1, 0)]).toEqual([5, 6]);
    expect([loop.isKey(0, 0), loop.isKey(0, 1), loop.isKey(1, 0)]).toEqual([true, false, true]);
  });

  it('shows that it was damaged, cut short or is something else', () => {
    const bytes = Uint8Array.from(new Uint8Array(packed));
    expect(isIntactLoop(bytes)).toBe(true);
    expect(isIntactLoop(bytes.subarray(0, bytes.length - 1))).toBe(false);
    expect(isIntactLoop(bytes.subarray(0, 10))).toBe(false);
    for (const at of [3, 20, bytes.length - 1]) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1;
      expect(isIntactLoop(damaged)).toBe(false);
    }
  });
});

describe('the loop of an avatar', () => {
  it('has its clips, with a key frame every two seconds', () => {
    const loop = idleLoopOf(createGradientAvatar(), options);
    expect(loop.clipLengths).toEqual([50, 100]);
    const keys = loop.clipLengths.map((length, clip) => Array.from({ length }, (_, frame) => frame).filter((frame) => loop.isKey(clip, frame)));
    expect(keys).toEqual([[0], [0, 50]]);
  });

  it('is none where there are no clips', () => {
    expect(finish(encodeIdleLoop(Object.assign(createGradientAvatar(), { idleClips: () => [] }), options))).toBeUndefined();
  });

  it('is told from one of another engine, by its pictures', () => {
    const avatar = createGradientAvatar();
    const loop = idleLoopOf(avatar, options);
    const is = (changed: Partial<LoadedAvatar>): boolean => finish(isLoopOf(loop, Object.assign(createGradientAvatar(), changed), options));
    expect(is({})).toBe(true);
    expect(is({ idleClips: () => [50] })).toBe(false);
    // A square of the size of an eye stands elsewhere.
    expect(
      is({
        idlePainter: () => ({
          draw(clip, frame, out) {
            drawGradient(out, clip, frame, 0);
            for (let row = 20; row < 30; row++) out.data.fill(200, row * 64 + 20, row * 64 + 34);
          },
          close: () => undefined,
        }),
      }),
    ).toBe(false);
  });

  it('is told from one of another codec', () => {
    const loop = idleLoopOf(createGradientAvatar(), { ...options, codec: 'vp8' });
    expect(finish(isLoopOf(loop, createGradientAvatar(), options))).toBe(false);
  });
});
