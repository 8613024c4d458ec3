import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { allocateI420 } from '@visavis/engine';
import { unpackBundle } from '../bundle/container.ts';
import { createBuiltinEngine } from '../index.ts';
import type { StagedFace } from '../loaded-avatar.ts';
import { measureLipGap } from '../measure.ts';
import type { LipGap } from '../measure.ts';
import { applyMouth } from '../motion/mouth-pose.ts';
import { channel, restPose } from '../motion/pose.ts';
import { i420ToRgb } from './i420-to-rgb.ts';
import type { StoreRenderer } from './store-renderer.ts';

/** Real: the face as it is prepared, the shapes that the network is taught, and the mesh that looks at the frames. */
const size = { width: 512, height: 512 };
/** The mesh's jitter, in eye distances, that is left of some frames' mean: of one alone it is 0.012. */
const NOISE = 0.008;
/** A head that is held a little differently is another frame to the mesh. */
const ROLLS = [-0.012, -0.006, 0, 0.006, 0.012];

type Mouth = Record<string, number>;

let phonemes: { params: string[]; targets: Record<string, Mouth> };
let face: StoreRenderer;
let mouthGain: number;

beforeAll(async () => {
  phonemes = JSON.parse(await readFile(new URL('../../../viseme-net/assets/phonemes.json', import.meta.url), 'utf8')) as typeof phonemes;
  const { bundle } = await createBuiltinEngine().prepare(await readFile(new URL('../../assets/stock/moller-gogol.jpg', import.meta.url)));
  mouthGain = unpackBundle(bundle).facts.mouthGain as number;
  face = ((await createBuiltinEngine().load(bundle)) as StagedFace).openRenderer(size);
});

async function seen(mouth: Mouth): Promise<LipGap> {
  const frames: LipGap[] = [];
  const picture = allocateI420(size);
  for (const roll of ROLLS) {
    const pose = restPose();
    applyMouth(Float32Array.from(phonemes.params, (name) => mouth[name] ?? 0), 0, mouthGain, pose);
    pose[channel.roll] = roll;
    face.render(pose, 0, picture);
    const measured = await measureLipGap({ ...size, data: i420ToRgb(picture) });
    expect(measured).toBeDefined();
    frames.push(measured!);
  }
  const mean = (of: keyof LipGap) => frames.reduce((sum, frame) => sum + frame[of], 0) / frames.length;
  return { gap: mean('gap'), width: mean('width'), eyeDistancePx: mean('eyeDistancePx') };
}

const viseme = (name: string) => seen(phonemes.targets[name]!);

describe('visemes on a face', () => {
  it('part the lips as far as the vowel says', async () => {
    const [rest, ih, e, aa] = [await viseme('sil'), await viseme('ih'), await viseme('E'), await viseme('aa')];
    expect(ih.gap).toBeGreaterThan(rest.gap + NOISE);
    expect(e.gap).toBeGreaterThan(ih.gap + NOISE);
    expect(aa.gap).toBeGreaterThan(e.gap + NOISE);
  });

  it('shut the lips for p, b and m whatever the jaw does', async () => {
    const rest = await viseme('sil');
    const shut = await seen({ ...phonemes.targets.PP, jaw: 0.3 });
    expect(Math.abs(shut.gap - rest.gap)).toBeLessThan(NOISE);
  });

  it('draw round mouths narrow and spread ones wide', async () => {
    const [rest, ou, ih] = [await viseme('sil'), await viseme('ou'), await viseme('ih')];
    expect(ou.width).toBeLessThan(rest.width - 0.03);
    expect(ih.width).toBeGreaterThan(rest.width + 0.015);
  });
});
