import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { allocateI420 } from '@visavis/engine';
import type { Background } from '@visavis/engine';
import { BUILTIN_ENGINE, BUILTIN_ENGINE_VERSION, createBuiltinEngine } from '../index.ts';
import { adoptAvatar, loadAvatar, Workshop } from '../loaded-avatar.ts';
import { applyMouth } from '../motion/mouth-pose.ts';
import { channel, restPose } from '../motion/pose.ts';
import type { FacePose } from '../motion/pose.ts';
import { createRandom } from '../motion/random.ts';
import { CELL } from '../stage/staged-avatar.ts';

/** Real: a painting as it is prepared, the compiled pixel loops. */
const identity = { engine: BUILTIN_ENGINE, engineVersion: BUILTIN_ENGINE_VERSION };
const size = { width: 384, height: 384 };
const luma = size.width * size.height;
let bundle: Uint8Array;

beforeAll(async () => {
  ({ bundle } = await createBuiltinEngine().prepare(await readFile(new URL('../../assets/stock/leonardo-mona-lisa.jpg', import.meta.url))));
});

function poseOf(random: () => number, amount: number): FacePose {
  const pose = restPose();
  applyMouth(Float32Array.from({ length: 8 }, () => 0.7 * amount * random()), 0, 1, pose);
  for (const turn of [channel.yaw, channel.pitch, channel.roll]) pose[turn] = 0.04 * amount * (random() - 0.5);
  pose[channel.breath] = amount * random();
  pose[channel.smile] = amount * random();
  pose[channel.gazeX] = amount * (random() - 0.5);
  pose[channel.blinkLeft] = pose[channel.blinkRight] = random() < 0.3 ? amount : 0;
  return pose;
}

/** Mean difference of the luma of the cell in which two pictures differ most. */
function largestCellDifference(one: Uint8Array, other: Uint8Array): number {
  let largest = 0;
  for (let top = 0; top < size.height; top += CELL) {
    for (let left = 0; left < size.width; left += CELL) {
      let sum = 0;
      for (let y = top; y < top + CELL; y++) for (let x = left; x < left + CELL; x++) sum += Math.abs(one[y * size.width + x]! - other[y * size.width + x]!);
      largest = Math.max(largest, sum / (CELL * CELL));
    }
  }
  return largest;
}

describe('StoreRenderer', () => {
  it('shows the picture itself at rest, wherever it has been', async () => {
    const face = await loadAvatar(bundle, identity, new Workshop({}), size);
    const renderer = face.openRenderer(size);
    const first = allocateI420(size);
    const again = allocateI420(size);
    renderer.render(restPose(), 0, first);
    const random = createRandom(1);
    for (let i = 0; i < 5; i++) renderer.render(poseOf(random, 1), 0, again);
    renderer.render(restPose(), 0, again);
    expect(Buffer.from(again.data).equals(Buffer.from(first.data))).toBe(true);
  });

  it('draws over its last picture what it would draw anew, to a tenth of a pixel', async () => {
    const face = await loadAvatar(bundle, identity, new Workshop({}), size);
    const going = face.openRenderer(size);
    const [shown, anew] = [allocateI420(size), allocateI420(size)];
    const random = createRandom(2);
    for (let i = 0; i < 40; i++) {
      const pose = poseOf(random, i % 4 === 0 ? 1 : 0.1);
      going.render(pose, 0, shown);
      if (i % 5 !== 0) continue;
      const fresh = face.openRenderer(size);
      fresh.render(pose, 0, anew);
      fresh.close();
      // Craquelure is fine: a tenth of a pixel is up to a few levels.
      expect(largestCellDifference(shown.data, anew.data)).toBeLessThan(4);
    }
  });

  it('moves nothing above the eyes and nothing at the edge of the picture when only the mouth moves', async () => {
    const face = await loadAvatar(bundle, identity, new Workshop({}), size);
    const renderer = face.openRenderer(size);
    const [rest, open] = [allocateI420(size), allocateI420(size)];
    renderer.render(restPose(), 0, rest);
    const pose = restPose();
    applyMouth(Float32Array.of(0.8, 0, 0, 0, 0.4, 0.4, 0, 0), 0, 1, pose);
    renderer.render(pose, 0, open);
    const changed = (fromRow: number, toRow: number) => {
      let count = 0;
      for (let i = fromRow * size.width; i < toRow * size.width; i++) if (Math.abs(rest.data[i]! - open.data[i]!) > 2) count++;
      return count;
    };
    expect(changed(0, 130)).toBe(0);
    expect(changed(350, 384)).toBe(0);
    expect(changed(180, 300)).toBeGreaterThan(1000);
  });

  it('gives its memory back', async () => {
    const workshop = new Workshop({});
    const face = await loadAvatar(bundle, identity, workshop, size);
    const adopted = adoptAvatar(structuredClone(face.handle), workshop);
    const renderer = adopted.openRenderer(size);
    renderer.render(poseOf(createRandom(3), 1), 0, allocateI420(size));
    expect(workshop.arena.usedBytes).toBeGreaterThan(1_000_000);
    renderer.close();
    adopted.close();
    face.close();
    expect(workshop.arena.usedBytes).toBe(0);
  });

  it('lays the person over another background, the face untouched', async () => {
    const frames = new Map<string, Uint8Array>();
    for (const background of [{ type: 'keep' }, { type: 'color', color: '#ffffff' }, { type: 'green' }] as Background[]) {
      const face = await loadAvatar(bundle, identity, new Workshop({}), { ...size, background });
      const picture = allocateI420(size);
      face.openRenderer({ ...size, background }).render(restPose(), 0, picture);
      frames.set(background.type, picture.data);
    }
    const nose = 190 * size.width + 180;
    expect(frames.get('color')![nose]).toBe(frames.get('keep')![nose]);
    expect(frames.get('color')![5 * size.width + 5]).toBe(235);
    expect(frames.get('green')![luma * 1.25 + 5 * (size.width / 2) + 5]).toBeLessThan(90);
  });

  it('puts alpha beside the colours of a transparent one', async () => {
    const background = { type: 'transparent' } as const;
    const face = await loadAvatar(bundle, identity, new Workshop({}), { ...size, background });
    const picture = allocateI420({ width: 2 * size.width, height: size.height });
    face.openRenderer({ ...size, background }).render(restPose(), 0, picture);
    const at = (x: number, y: number) => picture.data[y * 2 * size.width + x]!;
    expect([at(5, 5), at(size.width + 5, 5), at(size.width + 180, 190)]).toEqual([16, 16, 235]);
  });

  it('is drawn for the size and background it was loaded for, and says so', async () => {
    const face = await loadAvatar(bundle, identity, new Workshop({}), size);
    expect(() => face.openRenderer({ width: 512, height: 512 })).toThrow(/384x384/);
    expect(() => face.openRenderer({ ...size, background: { type: 'green' } })).toThrow(/background keep/);
  });
});
