import sharp from 'sharp';
import type { Background, I420Picture, PictureSize } from '@visavis/engine';
import type { AvatarBundle } from '../bundle/avatar-bundle.ts';
import { stageAlpha } from '../matte/background-painter.ts';
import type { StagedAlpha } from '../matte/background-painter.ts';
import { prepareBackground } from '../matte/background.ts';
import { cutOut } from '../matte/cut-out.ts';
import type { PictureCutter } from './picture-cutter.ts';
import type { Pause } from './stage-avatar.ts';
import type { StagedBehind } from './staged-avatar.ts';
import type { Staging } from './staging.ts';

/**
 * Stages what a background other than the picture's own needs. The base pictures at `pictures` become those of the person alone.
 * @throws Error when the avatar has no matte.
 */
export async function stageBehind(avatar: AvatarBundle, background: Background | undefined, pictures: { address: number } & PictureSize, cutter: PictureCutter, staging: Staging, pause: Pause): Promise<StagedBehind | undefined> {
  if (!background || background.type === 'keep') return undefined;
  if (!avatar.matte) throw new Error('the avatar was prepared without a matte, so its background stays: prepare it again');
  const { width, height } = pictures;
  const { arena } = staging;
  const pixels = width * height;
  const scaled = arena.allocate(pixels);
  const mattes: StagedAlpha[] = [];
  let behind: I420Picture | undefined;
  try {
    for (let frame = 0; frame < avatar.matte.length; frame++) {
      const grey = await sharp(avatar.matte[frame]).toColourspace('b-w').extractChannel(0).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
      cutter.cutPlane({ width: grey.info.width, height: grey.info.height, data: grey.data }, 1, scaled);
      const alpha = arena.bytes(scaled, pixels).slice();
      mattes.push(staging.keep(stageAlpha(alpha, pictures, arena), pixels));
      const at = pictures.address + (frame * pixels * 3) / 2;
      const picture: I420Picture = { width, height, data: arena.bytes(at, (pixels * 3) / 2).slice() };
      behind ??= await prepareBackground(background, { width, height }, { picture, alpha });
      arena.bytes(at, (pixels * 3) / 2).set(cutOut(picture, alpha).data);
      await pause();
    }
  } finally {
    arena.free(scaled);
  }
  return { picture: staging.put(behind!.data), mattes, transparent: background.type === 'transparent' };
}
