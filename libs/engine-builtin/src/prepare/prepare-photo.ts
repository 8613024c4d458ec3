import sharp from 'sharp';
import type { PreparedAvatar, PrepareProgress } from '@visavis/engine';
import { packBundle, sha256Hex } from '../bundle/container.ts';
import { loadFaceDetector } from '../face/face-detector.ts';
import { frameCrop } from '../face/framing.ts';
import { loadFace } from '../loaded-face.ts';
import { partNames } from '../bundle/parts.ts';
import { decodeUpload } from './decode-upload.ts';
import { findFace } from './find-face.ts';
import { fitMouthGain } from './fit-mouth-gain.ts';
import { makeMasterPicture } from './master-picture.ts';
import type { MasterPicture } from './master-picture.ts';

const PREVIEW_SIDE = 512;

/** Upload to bundle: decode, find the face, fit the mesh, cut the master picture. */
export async function preparePhoto(
  upload: Uint8Array,
  identity: { engine: string; engineVersion: string },
  onProgress: (progress: PrepareProgress) => void = () => {},
): Promise<PreparedAvatar> {
  onProgress({ fraction: 0.05, step: 'Reading the picture' });
  const { image, reduction, format } = await decodeUpload(upload);
  onProgress({ fraction: 0.25, step: 'Looking for a face' });
  const face = await findFace(await loadFaceDetector(), image, reduction);
  onProgress({ fraction: 0.75, step: 'Cutting and scaling' });
  const master = await makeMasterPicture(image, face.mesh);
  const previewJpeg = await makePreview(master);
  const pack = (mouthGain: number): Uint8Array =>
    packBundle({
      ...identity,
      facts: { width: master.width, height: master.height, yawDegrees: face.yawDegrees, mouthGain },
      parts: new Map<string, Uint8Array>([
        [partNames.master, master.jpeg],
        [partNames.mesh, littleEndianFloats(master.mesh)],
      ]),
    });
  onProgress({ fraction: 0.85, step: 'Trying out how the mouth opens' });
  const mouthGain = await fitMouthGain(await loadFace(pack(1), identity));
  const bundle = pack(mouthGain);
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

function littleEndianFloats(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat32(i * 4, value, true));
  return bytes;
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
