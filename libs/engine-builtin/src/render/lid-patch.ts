import type { I420Picture } from '@visavis/engine';
import { curveAt } from '../face/face-geometry.ts';
import type { EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import type { FacePose } from '../motion/pose.ts';
import type { Displacement } from './displacement.ts';
import { PATCH_STEP } from './mouth-patch.ts';
import { alphaPlane } from './patch-textures.ts';
import type { PixelBox } from './patch-textures.ts';
import { FIXED, sample } from './sampling.ts';
import { sourceLimits } from './texture.ts';
import type { Texture } from './texture.ts';
import { WarpLattice } from './warp-lattice.ts';

/*
 * Hot path: no allocation per frame.
 *
 * The part of the frame around one eye. The upper lid, with its lashes and the skin up to the brow, is a sheet that slides down over
 * the rest of the picture; at rest both show the same.
 */
export class LidPatch {
  readonly box: PixelBox;
  private readonly texture: Texture;
  private readonly sourceBox: PixelBox;
  private readonly lidAlpha: Uint8Array;
  private readonly lid: WarpLattice;
  private readonly under: WarpLattice;

  constructor(
    face: FaceGeometry,
    side: 'left' | 'right',
    texture: Texture,
    box: PixelBox,
    sourceBox: PixelBox,
    displacement: Displacement,
  ) {
    this.box = box;
    this.texture = texture;
    this.sourceBox = sourceBox;
    this.lidAlpha = alphaPlane(sourceBox, lidCoverage(face, side === 'left' ? face.leftEye : face.rightEye));
    const limits = sourceLimits(texture, sourceBox);
    const area = {
      x0: sourceBox.x0,
      y0: sourceBox.y0,
      step: PATCH_STEP,
      columns: sourceBox.width / PATCH_STEP + 1,
      rows: sourceBox.height / PATCH_STEP + 1,
    };
    this.lid = new WarpLattice(area, limits, displacement, side === 'left' ? 'leftLid' : 'rightLid');
    this.under = new WarpLattice(area, limits, displacement, 'underLids');
  }

  draw(pose: FacePose, out: I420Picture): void {
    this.lid.update(pose);
    this.under.update(pose);
    const { box, sourceBox } = this;
    const columns = this.lid.area.columns;
    for (let y = box.y0; y < box.y0 + box.height; y += PATCH_STEP) {
      const row = ((y - sourceBox.y0) / PATCH_STEP) * columns;
      for (let x = box.x0; x < box.x0 + box.width; x += PATCH_STEP) {
        this.drawCell(row + (x - sourceBox.x0) / PATCH_STEP, x, y, out);
      }
    }
  }

  private drawCell(i: number, x: number, y: number, out: I420Picture): void {
    const { y: lumaPlane, u: bluePlane, v: redPlane, strideY, strideC, border } = this.texture;
    const lumaSize = out.width * out.height;
    for (let row = 0; row < PATCH_STEP; row++) {
      for (let column = 0; column < PATCH_STEP; column++) {
        this.locate(i, column / PATCH_STEP, row / PATCH_STEP);
        let value = 0;
        if (located.lid > 0) value += located.lid * sample(lumaPlane, strideY, toFixed(located.lidX + border), toFixed(located.lidY + border));
        if (located.lid < 255) {
          value += (255 - located.lid) * sample(lumaPlane, strideY, toFixed(located.underX + border), toFixed(located.underY + border));
        }
        out.data[(y + row) * out.width + x + column] = (value + 127.5) / 255;
      }
    }
    const half = border / 2;
    for (let row = 0; row < PATCH_STEP; row += 2) {
      for (let column = 0; column < PATCH_STEP; column += 2) {
        this.locate(i, (column + 0.5) / PATCH_STEP, (row + 0.5) / PATCH_STEP);
        let blue = 0;
        let red = 0;
        if (located.lid > 0) {
          const u = toFixed((located.lidX - 0.5) / 2 + half);
          const v = toFixed((located.lidY - 0.5) / 2 + half);
          blue += located.lid * sample(bluePlane, strideC, u, v);
          red += located.lid * sample(redPlane, strideC, u, v);
        }
        if (located.lid < 255) {
          const u = toFixed((located.underX - 0.5) / 2 + half);
          const v = toFixed((located.underY - 0.5) / 2 + half);
          blue += (255 - located.lid) * sample(bluePlane, strideC, u, v);
          red += (255 - located.lid) * sample(redPlane, strideC, u, v);
        }
        const c = ((y + row) >> 1) * (out.width >> 1) + ((x + column) >> 1);
        out.data[lumaSize + c] = (blue + 127.5) / 255;
        out.data[lumaSize + (lumaSize >> 2) + c] = (red + 127.5) / 255;
      }
    }
  }

  private locate(i: number, fx: number, fy: number): void {
    const { lid, under } = this;
    const below = i + lid.area.columns;
    const w00 = (1 - fx) * (1 - fy), w10 = fx * (1 - fy), w01 = (1 - fx) * fy, w11 = fx * fy;
    located.lidX = lid.sourceX[i]! * w00 + lid.sourceX[i + 1]! * w10 + lid.sourceX[below]! * w01 + lid.sourceX[below + 1]! * w11;
    located.lidY = lid.sourceY[i]! * w00 + lid.sourceY[i + 1]! * w10 + lid.sourceY[below]! * w01 + lid.sourceY[below + 1]! * w11;
    located.underX = under.sourceX[i]! * w00 + under.sourceX[i + 1]! * w10 + under.sourceX[below]! * w01 + under.sourceX[below + 1]! * w11;
    located.underY = under.sourceY[i]! * w00 + under.sourceY[i + 1]! * w10 + under.sourceY[below]! * w01 + under.sourceY[below + 1]! * w11;
    const { x0, y0, width } = this.sourceBox;
    located.lid = sample(this.lidAlpha, width, toFixed(located.lidX - x0), toFixed(located.lidY - y0));
  }
}

/** One frame's working values, shared because frames are drawn one at a time. */
const located = { lidX: 0, lidY: 0, underX: 0, underY: 0, lid: 0 };

function toFixed(value: number): number {
  return (value * FIXED) | 0;
}

const EDGE_PX = 1.6;
/** The mesh draws the lid's edge above the lashes: they belong to the lid. */
const LASHES = 0.012;

function lidCoverage(face: FaceGeometry, eye: EyeGeometry): (x: number, y: number) => number {
  const edge = EDGE_PX / face.unitPx;
  return (x, y) => {
    const a = ((x - face.originX) * face.rightX + (y - face.originY) * face.rightY) / face.unitPx;
    const b = ((y - face.originY) * face.rightX - (x - face.originX) * face.rightY) / face.unitPx;
    return 0.5 + (curveAt(eye.upper, a) + LASHES - b) / edge;
  };
}
