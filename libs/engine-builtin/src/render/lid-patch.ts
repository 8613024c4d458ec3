import { curveAt } from '../face/face-geometry.ts';
import type { EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import type { Displacement } from './displacement.ts';
import { alphaPlane } from './patch-textures.ts';
import type { PixelBox } from './patch-textures.ts';
import { SlidingSheets } from './sheet-patch.ts';
import type { SheetPatch } from './sheet-patch.ts';
import type { Texture } from './texture.ts';

/** Lids' edges are this soft, in pixels. */
const EDGE_PX = 1.6;
/** The mesh draws the lid's edge above the lashes: they belong to the lid. */
const LASHES = 0.012;

/**
 * The part of the frame around one eye. The upper lid, with its lashes and the skin up to the brow, slides down over the rest of the
 * picture; at rest both show the same.
 */
export function makeLidPatch(
  face: FaceGeometry,
  side: 'left' | 'right',
  texture: Texture,
  box: PixelBox,
  sourceBox: PixelBox,
  displacement: Displacement,
): SheetPatch {
  const lid = alphaPlane(sourceBox, lidCoverage(face, side === 'left' ? face.leftEye : face.rightEye));
  return new SlidingSheets(texture, box, sourceBox, displacement, {
    first: { surface: side === 'left' ? 'leftLid' : 'rightLid', alpha: lid },
    second: { surface: 'underLids', alpha: 'behind' },
    // The skin of a lid unrolls to twice its height and more.
    newtonSteps: 6,
  });
}

function lidCoverage(face: FaceGeometry, eye: EyeGeometry): (x: number, y: number) => number {
  const edge = EDGE_PX / face.unitPx;
  return (x, y) => {
    const a = ((x - face.originX) * face.rightX + (y - face.originY) * face.rightY) / face.unitPx;
    const b = ((y - face.originY) * face.rightX - (x - face.originX) * face.rightY) / face.unitPx;
    return 0.5 + (curveAt(eye.upper, a) + LASHES - b) / edge;
  };
}
