import sharp from 'sharp';
import type { PreparedAvatar, PrepareProgress } from '@visavis/engine';
import { packAvatar } from '../bundle/avatar-bundle.ts';
import { sha256Hex } from '../bundle/container.ts';
import { controlPoints } from '../bundle/control-points.ts';
import { loadFaceDetector } from '../face/face-detector.ts';
import type { RgbImage } from '../face/face-detector.ts';
import { frameCrop } from '../face/framing.ts';
import { xOf, yOf } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import { matteOf } from '../matte/matte.ts';
import { decodeUpload } from './decode-upload.ts';
import { findFace } from './find-face.ts';
import { fitMouthGain } from './fit-mouth-gain.ts';
import { makeMasterPicture } from './master-picture.ts';
import type { MasterPicture } from './master-picture.ts';
import { drawEyes, drawMouths } from './photo-stores.ts';
import { PhotoSynthesiser } from './photo-synthesiser.ts';

const PREVIEW_SIDE = 512;

/** Upload to bundle: decode, find the face, fit the mesh, cut the master picture. */
export async function preparePhoto(
  upload: Uint8Array,
  identity: { engine: string; engineVersion: string },
  onProgress: (progress: PrepareProgress) => void = () => {},
): Promise<PreparedAvatar> {
  onProgress({ fraction: 0.05, step: 'Reading the picture' });
  const { image, reduction, format } = await decodeUpload(upload);
  onProgress({ fraction: 0.1, step: 'Looking for a face' });
  const face = await findFace(await loadFaceDetector(), image, reduction);
  onProgress({ fraction: 0.4, step: 'Cutting and scaling' });
  const master = await makeMasterPicture(image, face.mesh);
  const previewJpeg = await makePreview(master);
  const { mesh } = master;
  onProgress({ fraction: 0.45, step: 'Trying out how the mouth opens' });
  const synthesiser = await PhotoSynthesiser.open({ jpeg: master.jpeg, mesh, yawDegrees: face.yawDegrees });
  const mouthGain = await fitMouthGain(synthesiser);
  const mouths = await drawMouths(synthesiser, mesh, mouthGain, (done) => onProgress({ fraction: 0.55 + 0.2 * done, step: 'Drawing mouths' }));
  const eyes = await drawEyes(synthesiser, (done) => onProgress({ fraction: 0.75 + 0.15 * done, step: 'Drawing eyes' }));
  onProgress({ fraction: 0.9, step: 'Cutting the person out' });
  const matte = await matteOfPicture(master, image, face.mesh);
  onProgress({ fraction: 0.97, step: 'Packing' });
  const { unitPx, rightX, rightY } = synthesiser.face;
  const bundle = packAvatar(identity, {
    kind: 'photo',
    base: {
      width: master.width,
      height: master.height,
      fps: 25,
      frames: 1,
      coded: [master.jpeg],
      meshes: mesh,
      poses: new Float32Array(3),
      restPoints: Float32Array.from(controlPoints.flatMap((point) => [xOf(mesh, point), yOf(mesh, point)])),
      axes: Float32Array.of(rightX * unitPx, rightY * unitPx, -rightY * unitPx, rightX * unitPx),
      jumps: [],
    },
    yawDegrees: face.yawDegrees,
    mouthGain,
    jawIn: 'mouths',
    mouths,
    eyes,
    matte: [matte],
  });
  return {
    bundle,
    bundleSha256: sha256Hex(bundle),
    ...identity,
    previewJpeg,
    report: {
      format,
      eye_distance_px: round1(face.eyeDistancePx),
      yaw_degrees: round1(face.yawDegrees),
      face_score: face.boxScore,
      ignored_faces: face.ignoredFaces,
      mouth_gain: Math.round(mouthGain * 100) / 100,
      master_width: master.width,
      master_height: master.height,
    },
  };
}

/** As a PNG of the master's size. */
async function matteOfPicture(master: MasterPicture, image: RgbImage, mesh: FaceMesh): Promise<Uint8Array> {
  const { data, info } = await sharp(master.jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const alpha = await matteOf({ width: info.width, height: info.height, data }, master.mesh, { image, mesh });
  return sharp(alpha, { raw: { width: info.width, height: info.height, channels: 1 } }).toColourspace('b-w').png().toBuffer();
}

async function makePreview(master: MasterPicture): Promise<Uint8Array> {
  const crop = frameCrop(master, master.mesh, { width: PREVIEW_SIDE, height: PREVIEW_SIDE });
  const region = {
    left: Math.round(crop.left),
    top: Math.round(crop.top),
    width: Math.min(Math.round(crop.width), master.width - Math.round(crop.left)),
    height: Math.min(Math.round(crop.height), master.height - Math.round(crop.top)),
  };
  return sharp(master.jpeg).extract(region).resize(PREVIEW_SIDE, PREVIEW_SIDE, { fit: 'fill' }).jpeg({ quality: 86 }).toBuffer();
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
