import sharp from 'sharp';
import type { I420Picture } from '@visavis/engine';
import type { AvatarBundle } from '../../bundle/avatar-bundle.ts';
import { headYawDegrees } from '../../face/head-pose.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { i420ToRgb } from '../../render/i420-to-rgb.ts';
import { fitMouthGain } from '../fit-mouth-gain.ts';
import { drawMouths } from '../photo-stores.ts';
import { PhotoSynthesiser } from '../photo-synthesiser.ts';

/** Of a person who says nothing in the clip there are no mouths: they are drawn on one of its frames, as on a photo. */
export async function drawnMouths(picture: I420Picture, mesh: FaceMesh, onProgress: (part: number) => void): Promise<{ mouths: AvatarBundle['mouths']; mouthGain: number }> {
  const jpeg = await sharp(i420ToRgb(picture), { raw: { width: picture.width, height: picture.height, channels: 3 } }).jpeg({ quality: 96, chromaSubsampling: '4:4:4' }).toBuffer();
  const synthesiser = await PhotoSynthesiser.open({ jpeg, mesh, yawDegrees: headYawDegrees(mesh) });
  const mouthGain = await fitMouthGain(synthesiser);
  return { mouths: await drawMouths(synthesiser, mesh, mouthGain, onProgress), mouthGain };
}
