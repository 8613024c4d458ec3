import { curveAt, smoothstep } from '../face/face-geometry.ts';
import type { FaceGeometry } from '../face/face-geometry.ts';
import type { Surface } from './displacement.ts';
import { drawn } from './drawn-pose.ts';
import { MOUTH_BOUNDS } from './mouth-bounds.ts';
import { mouthReach } from './mouth-reach.ts';

/** Takes how far a point goes per unit of a channel, in units along the face's own axes. */
export type Along = (channel: number, da: number, db: number) => void;

/** Part of the jaw's way that the corners go down. */
const CORNER_DROP = 0.42;
/** They come in a little, too: this part of half the mouth's width. */
const JAW_NARROWS = 0.24;
/** Beyond the corners cheeks follow them this far, and below the chin the neck gives way this far, in units: see MOUTH_BOUNDS. */
const CORNER_REACH = 0.42;
/** Beside a cheek this wide the corners would go all of their way. */
const WIDE_ROOM = 0.6;
const BELOW_CHIN = 0.42;
/** In units. */
const SPREAD_OUT = 0.07;
const SPREAD_UP = 0.018;
/** Parts of the mouth's own half width, and of a lip's height. */
const ROUND_IN = 0.34;
/** A mouth that smiles is wider, and has further to go. */
const ROUND_IN_WIDE = 0.44;
const ROUND_THICKER_UPPER = 0.3;
const ROUND_THICKER_LOWER = 0.22;
const SPREAD_THINNER = 0.14;
const PRESS_THINNER = 0.34;
const TEETH_THINNER = 0.4;
/** In units. */
const TEETH_BESIDE = 0.02;
/** Of an O's height, the upper lip opens this part and the lower lip the rest; it is taller than the jaw alone would make it. */
const UPPER_OPENS = 0.22;
const ROUND_TALLER = 1.4;
/** Of the corners' height over the lips' middle, an O takes away this part. */
const LEVELLED = 0.85;
/** In units: corners that lie further above or below the lips' middle stay so. */
const MOST_LEVELLED = 0.06;
/** Of the gap that the picture has, the upper lip closes this part, the lower one the rest. */
const UPPER_MEETS = 0.45;

/** Part of the lips' width that an O takes. */
const O_WIDTH = 0.78;

/** Lips with hardly any red are drawn as if they had this much. */
const LEAST_LIP = 0.06;

/** Position between the corners: −1 at the left one, 0 in the middle of the lips, 1 at the right one. */
export function mouthPosition(face: FaceGeometry, a: number): number {
  return a < 0 ? -a / face.leftCornerA : a / face.rightCornerA;
}

/**
 * How the lips, the chin and the cheeks beside them go with each part of the mouth's pose. The two lips are one beyond the corners of
 * the mouth: whatever parts them must fade out there, and what doesn't part them must be the same on both.
 */
export function mouthDisplacement(face: FaceGeometry): (surface: Surface, a: number, b: number, along: Along) => void {
  const seamAt = (a: number) => (curveAt(face.upperSeam, a) + curveAt(face.lowerSeam, a)) / 2;
  const restGapAt = (a: number) => Math.max(0, curveAt(face.lowerSeam, a) - curveAt(face.upperSeam, a));
  const beyondCorner = (a: number) => (a < 0 ? face.leftCornerA - a : a - face.rightCornerA);
  const halfWidth = (a: number) => (a < 0 ? -face.leftCornerA : face.rightCornerA);
  /** From the corner to where nothing of the mouth may move any more. */
  const reachBeyond = (a: number) => Math.min(CORNER_REACH, MOUTH_BOUNDS.sides - halfWidth(a));
  /** And to the edge of the face, where nothing may be dented. */
  const roomBeyond = (a: number) => Math.min(reachBeyond(a), Math.max(a < 0 ? face.leftCornerA - face.leftEdgeA : face.rightEdgeA - face.rightCornerA, 0.05));
  const upperHeight = Math.max(LEAST_LIP, -face.upperLipB + curveAt(face.upperSeam, 0));
  const lowerHeight = Math.max(LEAST_LIP, face.lowerLipB - curveAt(face.lowerSeam, 0));
  // On the side that is turned away the end of the parted lips is seen edge-on and must not gape.
  const turned = (a: number) => {
    const other = a < 0 ? face.rightCornerA : -face.leftCornerA;
    return 0.7 * Math.max(0, 1 - halfWidth(a) / other);
  };
  const smile = smoothstep(0.03, 0.1, restGapAt(0));
  // Smiling lips are drawn tight: at their ends they part little.
  const ovalGap = (a: number, s: number) => (s < 1 ? (1 - s * s) ** (0.5 + 0.6 * smile + turned(a)) : 0);
  const roundGap = (a: number, s: number) => (s < O_WIDTH ? (1 - (s / O_WIDTH) ** 2.2) ** (0.58 + turned(a)) : 0);
  // The upper lip is lifted as a flat arch: in a peak it would be a bird's.
  const archGap = (a: number, s: number) => (s < O_WIDTH ? (1 - (s / O_WIDTH) ** 3.5) ** (0.6 + turned(a)) : 0);
  const roundIn = ROUND_IN + (ROUND_IN_WIDE - ROUND_IN) * smoothstep(0.31, 0.4, (face.rightCornerA - face.leftCornerA) / 2);

  const cornerShape = (a: number, s: number) => (s < 1 ? s * s * (1.6 - 0.6 * s) : 1 - smoothstep(0, reachBeyond(a), beyondCorner(a)));
  const jawAbove = (a: number, s: number, below: number) => CORNER_DROP * cornerShape(a, s) * (1 - smoothstep(0, 0.45, -below));
  const jawBelow = (a: number, b: number, s: number, below: number, gap: number) => {
    const corner = CORNER_DROP * cornerShape(a, s);
    // Round at its ends, too: what the corners have gone is all but no part of the opening.
    const lip = corner + (1 - 0.4 * corner) * gap;
    const axis = face.chinA * Math.min(Math.max(b / face.chinB, 0), 1.5);
    const chin = 1 - smoothstep(0.2, 0.78, Math.abs(a - axis));
    // At the corners the turn to the chin begins at once, in the middle below the lip.
    const toChin = smoothstep(face.lowerLipB * 0.9 * Math.sqrt(ovalGap(a, s)), face.chinB * 0.8, below);
    return (lip + (chin - lip) * toChin) * (1 - smoothstep(face.chinB - 0.02, face.chinB + BELOW_CHIN, b));
  };
  /** 0 in the middle, −1 and 1 at the corners, fading over the cheeks. */
  const across = (a: number, b: number, s: number) => {
    const room = roomBeyond(a);
    const inside = s < 1 ? 1.25 * s - 0.25 * s ** 3 : 1 - smoothstep(0, room, beyondCorner(a));
    return Math.sign(a) * inside * (1 - smoothstep(0.1, 0.44, Math.abs(b)));
  };
  const cornersOnly = (a: number, b: number, s: number) => cornerShape(a, s) * (1 - smoothstep(0.1, 0.45, Math.abs(b)));
  /** How far round lips go down to be level with their middle: an O has no smile, nor a bow. */
  const level = (a: number, b: number) => {
    const corner = Math.min(Math.max(a, face.leftCornerA), face.rightCornerA);
    const rise = LEVELLED * Math.max(-MOST_LEVELLED, Math.min(seamAt(0) - seamAt(corner), MOST_LEVELLED));
    return rise * (1 - smoothstep(0, Math.min(0.4, roomBeyond(a)), beyondCorner(a))) * (1 - smoothstep(0.1, 0.44, Math.abs(b)));
  };
  const lipWindow = (s: number) => 1 - smoothstep(0.35, 1.05, s);
  /** 1 at the outer edge of a lip, 0 at its inner edge, at the nose and halfway to the chin. */
  const thickness = (s: number, from: number, height: number, far: number) => {
    const here = Math.max(0.4 * height, height * (1 - 0.6 * s * s));
    return smoothstep(-0.15 * here, here, from) * (1 - smoothstep(here, far, from)) * (1 - smoothstep(0.55, 1.1, s));
  };

  return (surface, a, b, along) => {
    const s = Math.abs(mouthPosition(face, a));
    const below = b - seamAt(a);
    const lower = surface === 'lowerLip' || (surface !== 'upperLip' && below > 0);
    const side = across(a, b, s);
    const room = roomBeyond(a) / WIDE_ROOM;
    const window = lipWindow(s);
    const restGap = restGapAt(a);
    const narrower = -halfWidth(a) * Math.sqrt(room) * side;
    const corners = cornersOnly(a, b, s);
    const above = mouthReach.jaw * jawAbove(a, s, below);
    const oval = ovalGap(a, s);
    const o = ROUND_TALLER * roundGap(a, s);
    if (lower) {
      const edge = curveAt(face.lowerSeam, a);
      // An O is in the lips' inner edge; their outer one goes down as a whole.
      const inLip = smoothstep(0, lowerHeight, b - edge);
      const opens = (1 - UPPER_OPENS) * o;
      along(drawn.jaw, JAW_NARROWS * narrower, mouthReach.jaw * jawBelow(a, b, s, below, oval));
      along(drawn.jawRound, JAW_NARROWS * narrower, mouthReach.jaw * jawBelow(a, b, s, below, opens + (0.8 * oval - opens) * inLip));
      along(drawn.jawShut, 0, mouthReach.jaw * jawBelow(a, b, s, below, 0));
      const thick = lowerHeight * thickness(s, b - edge, lowerHeight, Math.max(lowerHeight * 1.3, 0.62 * face.chinB - edge));
      const fall = window * (1 - smoothstep(face.lowerLipB, face.lowerLipB + 0.28, b));
      const raised = 1 - smoothstep(face.lowerLipB * 0.8, Math.max(face.chinB, face.lowerLipB + 0.2), b);
      along(drawn.lowerLip, 0, mouthReach.lowerLip * (1 - 0.4 * smile) * fall);
      along(drawn.press, 0, -PRESS_THINNER * thick);
      along(drawn.round, roundIn * narrower, ROUND_THICKER_LOWER * thick + level(a, b));
      along(drawn.spread, SPREAD_OUT * room * side, -SPREAD_UP * corners - SPREAD_THINNER * thick);
      along(drawn.meet, 0, -(1 - UPPER_MEETS) * restGap * raised);
      // A lip at the teeth touches them in the middle; beside it the lips meet.
      const beside = smoothstep(0.25, 0.6, s) * (1 - smoothstep(0.75, 1, s)) * (1 - smoothstep(0, 0.8 * lowerHeight, b - edge));
      along(drawn.teeth, 0, -TEETH_THINNER * thick - 0.45 * restGap * raised - TEETH_BESIDE * beside);
      along(drawn.tongueOut, 0, mouthReach.tongueLip * fall);
    } else {
      const edge = curveAt(face.upperSeam, a);
      const nose = Math.max(-face.noseB + edge, upperHeight + 0.08);
      const thick = upperHeight * thickness(s, edge - b, upperHeight, nose);
      const fall = window * (1 - smoothstep(-face.upperLipB * 0.9, Math.max(-face.noseB, -face.upperLipB + 0.08), -b));
      const lowered = 1 - smoothstep(0.7 * upperHeight, nose, edge - b);
      along(drawn.jaw, JAW_NARROWS * narrower, above);
      along(drawn.jawRound, JAW_NARROWS * narrower, above - mouthReach.jaw * UPPER_OPENS * ROUND_TALLER * archGap(a, s) * lowered);
      along(drawn.jawShut, 0, above);
      along(drawn.upperLip, 0, -mouthReach.upperLip * (1 - 0.8 * smile) * fall);
      along(drawn.press, 0, PRESS_THINNER * thick);
      along(drawn.round, roundIn * narrower, -ROUND_THICKER_UPPER * thick + level(a, b));
      along(drawn.spread, SPREAD_OUT * room * side, -SPREAD_UP * corners + SPREAD_THINNER * thick);
      along(drawn.meet, 0, UPPER_MEETS * restGap * lowered);
      along(drawn.teeth, 0, -mouthReach.teethUpper * lowered * (1 - smoothstep(0.15, 0.85, s)) * (1 - smile));
    }
  };
}
