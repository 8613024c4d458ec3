import sharp from 'sharp';
import { allocateI420 } from '@visavis/engine';
import type { I420Picture } from '@visavis/engine';
import { faceGeometry } from '../face/face-geometry.ts';
import type { FaceGeometry } from '../face/face-geometry.ts';
import { frameCrop } from '../face/framing.ts';
import { transformMesh } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import type { FacePose } from '../motion/pose.ts';
import { displacementOf } from '../render/displacement.ts';
import type { Displacement } from '../render/displacement.ts';
import { CELL, FaceRenderer } from '../render/face-renderer.ts';
import { cropAndScale } from '../render/plane-scaling.ts';
import { makeTexture, rgbToPlanes } from '../render/texture.ts';

/** What is drawn from: a picture with one face. */
export interface FacePicture {
  jpeg: Uint8Array;
  mesh: FaceMesh;
  yawDegrees: number;
}

/**
 * Draws what a photo doesn't show, slowly and with care: a face with other mouths and eyes than in its picture. Works on the head at the
 * picture's own scale; `left` and `top` are where that part lies in it, in whole and even pixels.
 */
export class PhotoSynthesiser {
  readonly left: number;
  readonly top: number;
  readonly face: FaceGeometry;
  readonly displacement: Displacement;
  readonly renderer: FaceRenderer;
  private readonly picture: I420Picture;

  private constructor(place: { left: number; top: number }, face: FaceGeometry, displacement: Displacement, renderer: FaceRenderer) {
    this.left = place.left;
    this.top = place.top;
    this.face = face;
    this.displacement = displacement;
    this.renderer = renderer;
    this.picture = allocateI420(renderer.size);
  }

  static async open({ jpeg, mesh, yawDegrees }: FacePicture): Promise<PhotoSynthesiser> {
    const { data, info } = await sharp(jpeg).toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    const whole = rgbToPlanes(data, info.width, info.height);
    const crop = frameCrop(info, mesh, { width: 1, height: 1 });
    const left = 2 * Math.floor(crop.left / 2);
    const top = 2 * Math.floor(crop.top / 2);
    const width = Math.ceil(crop.width / CELL) * CELL;
    const height = Math.ceil(crop.height / CELL) * CELL;
    const half = { left: left / 2, top: top / 2, width: width / 2, height: height / 2 };
    const texture = makeTexture(
      cropAndScale(whole.y, { left, top, width, height }, width, height),
      cropAndScale(whole.u, half, width / 2, height / 2),
      cropAndScale(whole.v, half, width / 2, height / 2),
    );
    const face = faceGeometry(transformMesh(mesh, -left, -top, 1), yawDegrees);
    const steps = FaceRenderer.build(face, texture);
    for (;;) {
      const step = steps.next();
      if (step.done) return new PhotoSynthesiser({ left, top }, face, displacementOf(face, texture), step.value);
    }
  }

  /** The picture of a pose; reused by the next call. */
  draw(pose: FacePose): I420Picture {
    this.renderer.render(pose, this.picture);
    return this.picture;
  }
}
