import sharp from 'sharp';
import { createVideoDecoder } from '@visavis/codec';
import type { LoadOptions } from '@visavis/engine';
import type { AvatarBundle } from '../bundle/avatar-bundle.ts';
import { frameCrop } from '../face/framing.ts';
import { LANDMARK_COUNT, transformMesh } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import type { Arena } from '../kernel/arena.ts';
import { rgbToPlanes } from '../render/texture.ts';
import { PictureCutter } from './picture-cutter.ts';
import type { Planes } from './picture-cutter.ts';
import { stageBehind } from './stage-behind.ts';
import { mapsToFirst, stageLattice } from './stage-lattice.ts';
import { stageMouths } from './stage-mouths.ts';
import { stageEyes } from './stage-patches.ts';
import { CELL } from './staged-avatar.ts';
import type { StagedAvatar } from './staged-avatar.ts';
import { Staging } from './staging.ts';

/** A piece of an avatar's staging after which others may run. */
export type Pause = () => Promise<unknown>;

/** Decodes a bundle into the arena, cut and scaled for a frame size. */
export async function stageAvatar(avatar: AvatarBundle, frame: LoadOptions, arena: Arena, pause: Pause = () => Promise.resolve()): Promise<StagedAvatar> {
  const staging = new Staging(arena);
  try {
    return await stage(avatar, frame, staging, pause);
  } catch (error) {
    for (const block of staging.blocks) arena.free(block);
    throw error;
  }
}

export function unstage(staged: StagedAvatar, arena: Arena): void {
  for (const block of staged.blocks) arena.free(block);
}

async function stage(avatar: AvatarBundle, frame: LoadOptions, staging: Staging, pause: Pause): Promise<StagedAvatar> {
  const { base } = avatar;
  const width = Math.ceil(frame.width / CELL) * CELL;
  const height = Math.ceil(frame.height / CELL) * CELL;
  const meshes = Array.from({ length: base.frames }, (_, i) => base.meshes.subarray(i * LANDMARK_COUNT * 3, (i + 1) * LANDMARK_COUNT * 3));
  const crop = frameCrop(base, meanMesh(meshes), frame);
  const scale = frame.width / crop.width;
  const wide = { ...crop, width: width / scale, height: height / scale };
  const pictureBytes = (width * height * 3) / 2;
  const pictures = staging.block(base.frames * pictureBytes);
  const cutter = new PictureCutter(wide, { width, height }, staging);
  let index = 0;
  for await (const planes of basePictures(avatar)) {
    cutter.cut(planes, pictures + index++ * pictureBytes);
    await pause();
  }
  const behind = await stageBehind(avatar, frame.background, { address: pictures, width, height }, cutter, staging, pause);
  cutter.close();
  const staged = meshes.map((mesh) => transformMesh(mesh, -crop.left, -crop.top, scale));
  return {
    width,
    height,
    jawIn: avatar.jawIn,
    base: { address: pictures, frames: base.frames, fps: base.fps },
    lattice: stageLattice(staged[0]!, avatar, { width, height }, staging),
    toFirst: mapsToFirst(staged),
    mouths: await stageMouths(avatar, crop, scale, { address: pictures, width, height }, staging, pause),
    eyes: avatar.eyes && {
      ...avatar.eyes,
      left: await stageEyes(avatar.eyes.left, crop, scale, staging),
      right: await stageEyes(avatar.eyes.right, crop, scale, staging),
    },
    behind,
    blocks: staging.blocks,
    bytes: staging.bytes,
  };
}

async function* basePictures({ base }: AvatarBundle): AsyncGenerator<Planes> {
  const [only] = base.coded;
  if (base.frames === 1 && only) {
    const { data, info } = await sharp(only).toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    yield rgbToPlanes(data, info.width, info.height);
    return;
  }
  const decoder = createVideoDecoder('h264');
  try {
    for (const unit of base.coded) {
      const picture = decoder.decode(unit);
      if (!picture) throw new Error('avatar bundle is damaged: a base picture is missing');
      const { width, height, data } = picture;
      const luma = width * height;
      yield {
        y: { width, height, data: data.subarray(0, luma) },
        u: { width: width / 2, height: height / 2, data: data.subarray(luma, luma + luma / 4) },
        v: { width: width / 2, height: height / 2, data: data.subarray(luma + luma / 4) },
      };
    }
  } finally {
    decoder.close();
  }
}

/** A head that moves is framed by where it is on average. */
function meanMesh(meshes: readonly FaceMesh[]): FaceMesh {
  const mean = new Float32Array(meshes[0]!.length);
  for (const mesh of meshes) for (let i = 0; i < mean.length; i++) mean[i]! += mesh[i]! / meshes.length;
  return mean;
}
