import type { I420Picture, PictureSize } from '@visavis/engine';
import { i420ByteLength } from '@visavis/engine';
import { curveAt } from '../face/face-geometry.ts';
import type { EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import type { FacePose } from '../motion/pose.ts';
import { displacementOf, lidSkin } from './displacement.ts';
import { DRAWN_COUNT, toDrawnPose } from './drawn-pose.ts';
import { makeLidPatch } from './lid-patch.ts';
import { makeMouthPatch } from './mouth-patch.ts';
import { evenBox } from './patch-textures.ts';
import type { PixelBox } from './patch-textures.ts';
import { FIXED, warpCell } from './sampling.ts';
import type { SheetPatch } from './sheet-patch.ts';
import type { Texture } from './texture.ts';
import { WarpLattice } from './warp-lattice.ts';

/*
 * Hot path: `render` allocates nothing.
 *
 * Draws one avatar at one frame size. It keeps no state from frame to frame, so all sessions of an avatar share one renderer.
 * What stands still is copied from the rest frame, what moves with the head is warped cell by cell, mouth and eyes are patches.
 */
const CELL_SHIFT = 4;
/** Frames are whole cells: their sides are multiples of this. */
export const CELL = 1 << CELL_SHIFT;
/** Head motion can carry a feature this far, in units: patches are that much larger than what they show. */
const HEAD_TRAVEL = 0.1;
const JAW_TRAVEL = 0.4;
/** Less than this, in 16.16 pixels, is no motion. */
const STILL = FIXED / 24;

export interface PatchBoxes {
  mouth: PixelBox;
  leftEye: PixelBox;
  rightEye: PixelBox;
}

export class FaceRenderer {
  readonly size: PictureSize;
  private readonly texture: Texture;
  private readonly restFrame: Uint8Array;
  private readonly base: WarpLattice;
  private readonly patches: readonly SheetPatch[];
  private readonly boxes: PatchBoxes;
  private readonly quad = new Int32Array(8);
  private readonly drawnPose = new Float32Array(DRAWN_COUNT);
  /** 1 for cells that a patch fills. */
  private readonly patchCells: Uint8Array;

  private constructor(texture: Texture, parts: { base: WarpLattice; patches: readonly SheetPatch[]; boxes: PatchBoxes }) {
    this.size = { width: texture.width, height: texture.height };
    this.texture = texture;
    this.restFrame = restFrameOf(texture);
    this.base = parts.base;
    this.patches = parts.patches;
    this.boxes = parts.boxes;
    const columns = this.base.area.columns - 1;
    this.patchCells = new Uint8Array(columns * (this.base.area.rows - 1));
    for (const { box } of this.patches) {
      for (let y = box.y0; y < box.y0 + box.height; y += CELL) {
        for (let x = box.x0; x < box.x0 + box.width; x += CELL) this.patchCells[(y >> CELL_SHIFT) * columns + (x >> CELL_SHIFT)] = 1;
      }
    }
  }

  /** Makes a renderer in steps of some milliseconds, so that whoever can wait may let others run in between. */
  static *build(face: FaceGeometry, texture: Texture): Generator<void, FaceRenderer> {
    const displacement = displacementOf(face, texture);
    const columns = Math.ceil(texture.width / CELL) + 1;
    const rows = Math.ceil(texture.height / CELL) + 1;
    const base = new WarpLattice({ x0: 0, y0: 0, step: CELL, columns, rows }, texture, displacement, 'face');
    yield;
    const boxes = patchBoxes(face, texture);
    const around = (box: PixelBox, margin: number) => grow(box, margin * face.unitPx);
    const left = makeLidPatch(face, 'left', texture, boxes.leftEye, around(boxes.leftEye, 0.15), displacement);
    yield;
    const right = makeLidPatch(face, 'right', texture, boxes.rightEye, around(boxes.rightEye, 0.15), displacement);
    yield;
    const mouth = makeMouthPatch(face, texture, boxes.mouth, around(boxes.mouth, 0.2), displacement);
    yield;
    return new FaceRenderer(texture, { base, patches: [left, right, mouth], boxes });
  }

  /** Bytes of the pictures; the lattices add about a tenth. */
  get memoryBytes(): number {
    return this.restFrame.byteLength + this.texture.y.byteLength * 1.5;
  }

  /** Where a patch lies in the frame, for close-ups. */
  patchBox(name: keyof PatchBoxes): PixelBox {
    return this.boxes[name];
  }

  render(pose: FacePose, out: I420Picture): void {
    out.data.set(this.restFrame);
    toDrawnPose(pose, this.drawnPose);
    this.base.update(this.drawnPose);
    this.drawBase(out);
    for (let i = 0; i < this.patches.length; i++) this.patches[i]!.draw(this.drawnPose, out);
  }

  private drawBase(out: I420Picture): void {
    const { sourceU, sourceV, area } = this.base;
    const { texture, patchCells, quad } = this;
    const cellColumns = area.columns - 1;
    for (let cellRow = 0, cell = 0; cellRow < area.rows - 1; cellRow++) {
      for (let cellColumn = 0; cellColumn < cellColumns; cellColumn++, cell++) {
        if (patchCells[cell] === 1) continue;
        const i = cellRow * area.columns + cellColumn;
        const below = i + area.columns;
        quad[0] = sourceU[i]!; quad[1] = sourceV[i]!;
        quad[2] = sourceU[i + 1]!; quad[3] = sourceV[i + 1]!;
        quad[4] = sourceU[below]!; quad[5] = sourceV[below]!;
        quad[6] = sourceU[below + 1]!; quad[7] = sourceV[below + 1]!;
        const x = cellColumn << CELL_SHIFT;
        const y = cellRow << CELL_SHIFT;
        if (isStill(quad, (x + texture.border) << 16, (y + texture.border) << 16)) continue;
        warpCell(out.data, out.width, out.height, x, y, CELL_SHIFT, texture, quad);
      }
    }
  }
}

function isStill(quad: Int32Array, u: number, v: number): boolean {
  const next = CELL << 16;
  return (
    near(quad[0]!, u) && near(quad[1]!, v) && near(quad[2]!, u + next) && near(quad[3]!, v) &&
    near(quad[4]!, u) && near(quad[5]!, v + next) && near(quad[6]!, u + next) && near(quad[7]!, v + next)
  );
}

function near(a: number, b: number): boolean {
  return a - b < STILL && b - a < STILL;
}

function restFrameOf(texture: Texture): Uint8Array {
  const { width, height, border } = texture;
  const frame = new Uint8Array(i420ByteLength(texture));
  for (let row = 0; row < height; row++) {
    const from = (row + border) * texture.strideY + border;
    for (let x = 0; x < width; x++) frame[row * width + x] = texture.y[from + x]!;
  }
  const planes = [texture.u, texture.v];
  planes.forEach((plane, p) => {
    const start = width * height + (p * width * height) / 4;
    for (let row = 0; row < height / 2; row++) {
      const from = (row + border / 2) * texture.strideC + border / 2;
      for (let x = 0; x < width / 2; x++) frame[start + (row * width) / 2 + x] = plane[from + x]!;
    }
  });
  return frame;
}

/** The cells in which lips may part and lids may slide, wherever the head has moved. */
function patchBoxes(face: FaceGeometry, frame: PictureSize): PatchBoxes {
  const boxOf = (aFrom: number, aTo: number, bFrom: number, bTo: number): PixelBox => {
    const xs: number[] = [];
    const ys: number[] = [];
    for (const a of [aFrom - HEAD_TRAVEL / 2, aTo + HEAD_TRAVEL / 2]) {
      for (const b of [bFrom - HEAD_TRAVEL / 2, bTo + HEAD_TRAVEL / 2]) {
        xs.push(face.originX + (a * face.rightX - b * face.rightY) * face.unitPx);
        ys.push(face.originY + (a * face.rightY + b * face.rightX) * face.unitPx);
      }
    }
    const left = Math.min(Math.max(Math.min(...xs), 0), frame.width - CELL);
    const top = Math.min(Math.max(Math.min(...ys), 0), frame.height - CELL);
    const box = evenBox(left, top, Math.max(...xs), Math.max(...ys), CELL);
    return {
      ...box,
      width: Math.min(box.width, Math.floor(frame.width / CELL) * CELL - box.x0),
      height: Math.min(box.height, Math.floor(frame.height / CELL) * CELL - box.y0),
    };
  };
  const eyeBox = (eye: EyeGeometry): PixelBox => {
    const middle = (eye.innerA + eye.outerA) / 2;
    const upper = curveAt(eye.upper, middle);
    const ends = [eye.innerA, middle, eye.outerA].map((a) => curveAt(eye.lower, a));
    return boxOf(eye.innerA - 0.03, eye.outerA + 0.03, upper - lidSkin(eye, middle, upper) - 0.04, Math.max(...ends) + 0.04);
  };
  return {
    mouth: boxOf(face.leftCornerA - 0.06, face.rightCornerA + 0.06, curveAt(face.upperSeam, 0) - 0.12, curveAt(face.lowerSeam, 0) + JAW_TRAVEL),
    leftEye: eyeBox(face.leftEye),
    rightEye: eyeBox(face.rightEye),
  };
}

function grow(box: PixelBox, margin: number): PixelBox {
  const cells = Math.ceil(margin / CELL) * CELL;
  return { x0: box.x0 - cells, y0: box.y0 - cells, width: box.width + 2 * cells, height: box.height + 2 * cells };
}
