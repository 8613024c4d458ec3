import { readFileSync } from 'node:fs';
import { loadFaceDetector } from '../src/face/face-detector.ts';
import { decodeUpload } from '../src/prepare/decode-upload.ts';
import { findFace } from '../src/prepare/find-face.ts';
import { fitMouthGain } from '../src/prepare/fit-mouth-gain.ts';
import { makeMasterPicture } from '../src/prepare/master-picture.ts';
import { PhotoSynthesiser } from '../src/prepare/photo-synthesiser.ts';

/** A photo's face as its stores are drawn, at the picture's own scale, and how far its mouth opens. */
export async function openPhoto(path: string): Promise<{ synthesiser: PhotoSynthesiser; mouthGain: number }> {
  const { image, reduction } = await decodeUpload(readFileSync(path));
  const found = await findFace(await loadFaceDetector(), image, reduction);
  const { jpeg, mesh } = await makeMasterPicture(image, found.mesh);
  const synthesiser = await PhotoSynthesiser.open({ jpeg, mesh, yawDegrees: found.yawDegrees });
  return { synthesiser, mouthGain: await fitMouthGain(synthesiser) };
}
