import type { PictureSize } from '@visavis/engine';
import { curveAt, smoothstep } from '../face/face-geometry.ts';
import type { EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import { channel, CHANNEL_COUNT } from '../motion/pose.ts';

/**
 * How far each channel moves each point of the picture. A surface is what lies on one sheet: the two lips are two surfaces, which
 * part between the corners of the mouth and are one beyond them, so nothing tears; teeth hang from the skull; a lid slides over
 * what lies under it.
 */
export type Surface = 'face' | 'upperLip' | 'lowerLip' | 'skull' | 'jawInside' | 'leftLid' | 'rightLid' | 'underLids';

/** Writes dx, dy in pixels per unit of the channel, for every channel, to `out` (2 × CHANNEL_COUNT values). */
export type Displacement = (surface: Surface, x: number, y: number, out: Float32Array) => void;

/** How far things go at 1, in units of the face. */
const reach = {
  jaw: 0.26,
  cornerDrop: 0.28,
  spread: 0.07,
  round: 0.07,
  upperLip: 0.05,
  lowerLip: 0.06,
  pressUpper: 0.014,
  pressLower: 0.022,
  brow: 0.05,
  gazeX: 0.045,
  gazeY: 0.025,
  breathBody: 0.016,
  breathHead: 0.005,
} as const;

const HEAD_HALF_WIDTH = 0.66;
const HEAD_HALF_HEIGHT = 0.84;
const HEAD_DEPTH = 0.5;

export function displacementOf(face: FaceGeometry, frame: PictureSize): Displacement {
  const { unitPx, rightX, rightY, faceHeightPx } = face;
  const headX = face.centreX;
  const headY = face.centreY - 0.1 * faceHeightPx;
  const halfWidth = HEAD_HALF_WIDTH * faceHeightPx;
  const halfHeight = HEAD_HALF_HEIGHT * faceHeightPx;
  const pivotY = face.centreY + 0.85 * faceHeightPx;
  const chinY = face.originY + face.chinB * unitPx;
  const mouth = mouthField(face);

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
    set(channel.yaw, bulge, 0);
    set(channel.pitch, 0, bulge);
    set(channel.roll, -(y - pivotY) * head, (x - headX) * head);
    set(channel.shiftX, unitPx * head, 0);
    set(channel.shiftY, 0, unitPx * head);
    const shoulders = 1 - smoothstep(0.8, 1.25, Math.abs(x - headX) / faceHeightPx);
    const body = shoulders * smoothstep(chinY - 0.1 * faceHeightPx, Math.max(chinY + 0.45 * faceHeightPx, frame.height * 0.95), y);
    set(channel.breath, 0, -unitPx * (reach.breathBody * body + reach.breathHead * head * (1 - body)));
    if (surface === 'skull') return;

    const a = ((x - face.originX) * rightX + (y - face.originY) * rightY) / unitPx;
    const b = ((y - face.originY) * rightX - (x - face.originX) * rightY) / unitPx;
    if (surface === 'jawInside') {
      along(channel.jaw, 0, 0.92 * reach.jaw);
      return;
    }
    const below = b - mouth.seamAt(a);
    const lower = surface === 'lowerLip' || (surface !== 'upperLip' && below > 0);
    along(channel.jaw, 0, reach.jaw * (lower ? mouth.jawBelow(a, b, below) : mouth.jawAbove(a, below)));
    along(channel.spread, reach.spread * mouth.widening(a, b), 0);
    along(channel.round, -reach.round * mouth.widening(a, b), 0);
    const lipWindow = mouth.lipWindow(a);
    if (lower) {
      const fall = lipWindow * (1 - smoothstep(face.lowerLipB, face.lowerLipB + 0.28, b));
      along(channel.lowerLip, 0, reach.lowerLip * fall);
      along(channel.press, 0, -reach.pressLower * fall);
    } else {
      const fall = lipWindow * (1 - smoothstep(-face.upperLipB * 0.9, Math.max(-face.noseB, -face.upperLipB + 0.08), -b));
      along(channel.upperLip, 0, -reach.upperLip * fall);
      along(channel.press, 0, reach.pressUpper * fall);
    }
    along(channel.brow, 0, -reach.brow * browWindow(face, a, b));
    if (surface === 'leftLid') along(channel.blinkLeft, 0, lidTravel(face.leftEye, a, b));
    if (surface === 'rightLid') along(channel.blinkRight, 0, lidTravel(face.rightEye, a, b));
    if (surface === 'underLids') {
      const gaze = Math.max(gazeWindow(face.leftEye, a, b), gazeWindow(face.rightEye, a, b));
      along(channel.gazeX, reach.gazeX * gaze, 0);
      along(channel.gazeY, 0, reach.gazeY * gaze);
    }
  };
}

export const DISPLACEMENT_VALUES = 2 * CHANNEL_COUNT;

/** Position between the corners: −1 at the left one, 0 in the middle of the lips, 1 at the right one. */
export function mouthPosition(face: FaceGeometry, a: number): number {
  return a < 0 ? -a / face.leftCornerA : a / face.rightCornerA;
}

function mouthField(face: FaceGeometry) {
  const beyondCorner = (a: number) => (a < 0 ? face.leftCornerA - a : a - face.rightCornerA);
  /** From the corner to the edge of the face, where nothing may be dented. */
  const roomBeyond = (a: number) => (a < 0 ? face.leftCornerA - face.leftEdgeA : face.rightEdgeA - face.rightCornerA);
  const cornerShape = (a: number) => {
    const s = Math.abs(mouthPosition(face, a));
    return s < 1 ? smoothstep(0, 1, s) : 1 - smoothstep(0, 0.6, beyondCorner(a));
  };
  // Lips part in an oval; on the side that is turned away its end is seen edge-on and must not gape.
  const leftHalf = -face.leftCornerA;
  const rightHalf = face.rightCornerA;
  const leftRound = 0.6 + 1.2 * Math.max(0, 1 - leftHalf / rightHalf);
  const rightRound = 0.6 + 1.2 * Math.max(0, 1 - rightHalf / leftHalf);
  return {
    seamAt(a: number): number {
      return (curveAt(face.upperSeam, a) + curveAt(face.lowerSeam, a)) / 2;
    },
    /** `below` is the distance below the seam. */
    jawAbove(a: number, below: number): number {
      return reach.cornerDrop * cornerShape(a) * (1 - smoothstep(0, 0.45, -below));
    },
    jawBelow(a: number, b: number, below: number): number {
      const s = Math.abs(mouthPosition(face, a));
      const gap = s < 1 ? (1 - s * s) ** (a < 0 ? leftRound : rightRound) : 0;
      const corner = reach.cornerDrop * cornerShape(a);
      const lip = corner + (1 - corner) * gap;
      const axis = face.chinA * Math.min(Math.max(b / face.chinB, 0), 1.5);
      const chin = 1 - smoothstep(0.25, 1.1, Math.abs(a - axis));
      // At the corners the turn to the chin begins at once, in the middle below the lip.
      const toChin = smoothstep(face.lowerLipB * 0.9 * gap, face.chinB * 0.8, below);
      return (lip + (chin - lip) * toChin) * (1 - smoothstep(face.chinB, face.chinB + 1, b));
    },
    widening(a: number, b: number): number {
      const s = Math.min(Math.abs(mouthPosition(face, a)), 1);
      const room = Math.min(0.6, Math.max(roomBeyond(a), 0.05));
      const across = Math.sin((s * Math.PI) / 2) * (1 - smoothstep(0, room, beyondCorner(a)));
      return Math.sign(a) * (room / 0.6) * across * (1 - smoothstep(0.1, 0.6, Math.abs(b)));
    },
    lipWindow(a: number): number {
      return 1 - smoothstep(0.35, 1.05, Math.abs(mouthPosition(face, a)));
    },
  };
}

function browWindow(face: FaceGeometry, a: number, b: number): number {
  const eye = a < (face.leftEye.outerA + face.rightEye.innerA) / 2 ? face.leftEye : face.rightEye;
  const brow = curveAt(eye.brow, a);
  const lid = curveAt(eye.upper, a) - 0.06;
  const rise = 1 - smoothstep(brow, Math.max(lid, brow + 0.02), b);
  return b > brow ? rise : 1 - smoothstep(0, 0.6, brow - b);
}

/** A little further than the mesh says, or white is left under a lid whose lower edge it drew too high. */
const CLOSING = 1.08;
/** Height of the dark edge of a lid. */
const LASH_BAND = 0.035;

/** How far below its place a point of the upper lid goes when the eye closes: the edge to the lower lid, the fold not at all. */
function lidTravel(eye: EyeGeometry, a: number, b: number): number {
  const upper = curveAt(eye.upper, a);
  const opening = Math.max(0, curveAt(eye.lower, a) - upper);
  const skin = lidSkin(eye, a, upper);
  // Lashes go down as they are; what stretches is the skin above them.
  const lashes = Math.min(LASH_BAND, 0.35 * skin);
  const t = Math.min(Math.max((b - (upper - skin)) / (skin - lashes), 0), 1);
  return CLOSING * opening * t ** 1.4;
}

/** Height of the skin that unrolls over the eye: from near the brow to the lid's edge. */
export function lidSkin(eye: EyeGeometry, a: number, upper: number): number {
  return Math.min(Math.max(0.9 * (upper - curveAt(eye.brow, a)), 0.1), 0.24);
}

function gazeWindow(eye: EyeGeometry, a: number, b: number): number {
  const middle = (eye.innerA + eye.outerA) / 2;
  const across = 1 - smoothstep(0.45, 1, Math.abs(a - middle) / ((eye.outerA - eye.innerA) / 2));
  const above = curveAt(eye.upper, a) - b;
  const below = b - curveAt(eye.lower, a);
  return across * (1 - smoothstep(0, 0.03, Math.max(above, below)));
}
