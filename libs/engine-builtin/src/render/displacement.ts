import type { PictureSize } from '@visavis/engine';
import { curveAt, smoothstep } from '../face/face-geometry.ts';
import type { EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import { drawn, DRAWN_COUNT } from './drawn-pose.ts';
import { expressionDisplacement } from './expression-displacement.ts';
import { mouthDisplacement } from './mouth-displacement.ts';
import { mouthReach } from './mouth-reach.ts';

/**
 * How far each channel moves each point of the picture. A surface is what lies on one sheet: the two lips are two surfaces, which
 * part between the corners of the mouth and are one beyond them, so nothing tears; teeth hang from the skull.
 */
export type Surface = 'face' | 'upperLip' | 'lowerLip' | 'skull' | 'jawInside' | 'tongueTip';

/** Writes dx, dy in pixels per unit of the channel, for every drawn channel, to `out` (DISPLACEMENT_VALUES of them). */
export type Displacement = (surface: Surface, x: number, y: number, out: Float32Array) => void;

/** How far things go at 1, in units of the face. */
const reach = {
  tongueOut: 0.02,
  teethHidden: 0.05,
  breathBody: 0.016,
  breathHead: 0.005,
} as const;

const HEAD_HALF_WIDTH = 0.66;
const HEAD_HALF_HEIGHT = 0.84;
const HEAD_DEPTH = 0.5;
const SHOULDERS_LEAN = 0.45;

export function displacementOf(face: FaceGeometry, frame: PictureSize): Displacement {
  const { unitPx, rightX, rightY, faceHeightPx } = face;
  const headX = face.centreX;
  const headY = face.centreY - 0.1 * faceHeightPx;
  const halfWidth = HEAD_HALF_WIDTH * faceHeightPx;
  const halfHeight = HEAD_HALF_HEIGHT * faceHeightPx;
  const pivotY = face.centreY + 0.85 * faceHeightPx;
  const chinY = face.originY + face.chinB * unitPx;
  const mouth = mouthDisplacement(face);
  const expression = expressionDisplacement(face);

  return (surface, x, y, out) => {
    out.fill(0);
    const set = (ch: number, dx: number, dy: number) => {
      out[2 * ch] = dx;
      out[2 * ch + 1] = dy;
    };
    const along = (ch: number, da: number, db: number) =>
      set(ch, (da * rightX - db * rightY) * unitPx, (da * rightY + db * rightX) * unitPx);

    const r = Math.hypot((x - headX) / halfWidth, (y - headY) / halfHeight);
    const bulge = r < 1 ? HEAD_DEPTH * faceHeightPx * (1 - r * r) * (1 - r * r) : 0;
    const head = 1 - smoothstep(0.9, 1.4, r);
    set(drawn.yaw, bulge, 0);
    set(drawn.pitch, 0, bulge);
    set(drawn.roll, -(y - pivotY) * head, (x - headX) * head);
    set(drawn.shiftX, unitPx * head, 0);
    set(drawn.shiftY, 0, unitPx * head);
    const shoulders = 1 - smoothstep(0.8, 1.25, Math.abs(x - headX) / faceHeightPx);
    const body = shoulders * smoothstep(chinY - 0.1 * faceHeightPx, Math.max(chinY + 0.45 * faceHeightPx, frame.height * 0.95), y);
    set(drawn.breath, 0, -unitPx * (reach.breathBody * body + reach.breathHead * head * (1 - body)));
    // Whoever leans forward comes nearer with the head first.
    const nearer = Math.max(head, SHOULDERS_LEAN * body);
    set(drawn.lean, (x - headX) * nearer, (y - headY) * nearer);
    const restGap = curveAt(face.lowerSeam, 0) - curveAt(face.upperSeam, 0);
    if (surface === 'skull') {
      along(drawn.teethHidden, 0, -reach.teethHidden - 0.9 * restGap);
      return;
    }
    const a = ((x - face.originX) * rightX + (y - face.originY) * rightY) / unitPx;
    const b = ((y - face.originY) * rightX - (x - face.originX) * rightY) / unitPx;
    if (surface === 'jawInside' || surface === 'tongueTip') {
      const part = surface === 'jawInside' ? 0.92 : 0.5;
      for (const jaw of [drawn.jaw, drawn.jawRound, drawn.jawShut]) along(jaw, 0, part * mouthReach.jaw);
      along(drawn.meet, 0, -0.35 * restGap);
      if (surface === 'jawInside') along(drawn.teethHidden, 0, reach.teethHidden);
      else along(drawn.tongueOut, 0, reach.tongueOut);
      return;
    }
    mouth(surface, a, b, along);
    expression(a, b, along);
  };
}

export const DISPLACEMENT_VALUES = 2 * DRAWN_COUNT;

/** Height of the skin that unrolls over the eye: from near the brow to the lid's edge. */
export function lidSkin(eye: EyeGeometry, a: number, upper: number): number {
  return Math.min(Math.max(0.9 * (upper - curveAt(eye.brow, a)), 0.1), 0.24);
}
