import sharp from 'sharp';
import type { RgbImage } from '../face/face-detector.ts';
import { distance, meshBounds, point, transformMesh } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import { HEAD_ROOM } from '../face/framing.ts';

/** Forehead to chin in the stored picture, in pixels: enough for 720 lines, and never so little that a session has to enlarge much. */
const MIN_FACE_HEIGHT_PX = 230;
const MAX_FACE_HEIGHT_PX = 360;
/** Widest picture a session may ask for, width over height (and the reverse). */
const WIDEST_ASPECT = 16 / 9;

export interface MasterPicture {
  jpeg: Buffer;
  width: number;
  height: number;
  mesh: FaceMesh;
}

/** Cuts the part of the picture that any session's frame can show, scales it, and stores it with the mesh in its pixels. */
export async function makeMasterPicture(image: RgbImage, mesh: FaceMesh): Promise<MasterPicture> {
  const faceHeight = distance(mesh, point.forehead, point.chin);
  const bounds = meshBounds(mesh);
  const reach = (faceHeight * HEAD_ROOM * WIDEST_ASPECT) / 2;
  const centreX = (bounds.left + bounds.right) / 2;
  const centreY = (bounds.top + bounds.bottom) / 2;
  const left = Math.max(0, Math.floor(centreX - reach));
  const top = Math.max(0, Math.floor(centreY - reach));
  const right = Math.min(image.width, Math.ceil(centreX + reach));
  const bottom = Math.min(image.height, Math.ceil(centreY + reach));
  const scale = Math.min(MAX_FACE_HEIGHT_PX / faceHeight, Math.max(1, MIN_FACE_HEIGHT_PX / faceHeight));
  const width = evenSize((right - left) * scale);
  const height = evenSize((bottom - top) * scale);
  const jpeg = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .extract({ left, top, width: right - left, height: bottom - top })
    .resize({ width, height, fit: 'fill', kernel: 'lanczos3' })
    .jpeg({ quality: 94, chromaSubsampling: '4:4:4' })
    .toBuffer();
  return { jpeg, width, height, mesh: transformMesh(mesh, -left, -top, scale) };
}

function evenSize(size: number): number {
  return Math.max(2, Math.round(size / 2) * 2);
}
