import { curveAt, smoothstep } from '../face/face-geometry.ts';
import type { EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import { drawn } from './drawn-pose.ts';
import type { Along } from './mouth-displacement.ts';
import { mouthPosition } from './mouth-displacement.ts';

/** How far things go at 1, in units. */
const reach = {
  /** Corners of the mouth: parts of its half width, as small mouths smile less. */
  smileUp: 0.38,
  smileOut: 0.24,
  cheekUp: 0.055,
  frownDown: 0.27,
  frownIn: 0.035,
  lowerLipUp: 0.018,
  browUp: 0.066,
  browInnerUp: 0.09,
  browInnerIn: 0.016,
  furrowDown: 0.072,
  furrowIn: 0.042,
  squintUp: 0.038,
  eyesWideUp: 0.032,
} as const;

/** A brow comes down by no more than this part of the skin below it, or that would fold. */
const MOST_OF_ROOM = 0.45;
/** Lids move by no more than this part of the eye's opening. */
const MOST_OF_OPENING = 0.34;

/**
 * How the skin goes with an expression. Every field is smooth over the whole face and the same on all surfaces: an expression parts
 * neither lips nor lids.
 */
export function expressionDisplacement(face: FaceGeometry): (a: number, b: number, along: Along) => void {
  const seamAt = (a: number) => (curveAt(face.upperSeam, a) + curveAt(face.lowerSeam, a)) / 2;
  const seamMiddle = seamAt(0);
  const mouthSize = Math.min((face.rightCornerA - face.leftCornerA) / 2, 0.36);
  const halfWidth = (a: number) => (a < 0 ? -face.leftCornerA : face.rightCornerA);
  const roomBeyond = (a: number) => Math.min(0.5, Math.max(a < 0 ? face.leftCornerA - face.leftEdgeA : face.rightEdgeA - face.rightCornerA, 0.05));
  /** A turned face shows less of its far side: what goes sideways there hardly moves, and its edge must not be dented. */
  const foreshortened = (a: number) => Math.min(1, halfWidth(a) / (0.5 * (face.rightCornerA - face.leftCornerA)), roomBeyond(a) / 0.3);
  const turnedLeft = foreshortened(-1);
  const turnedRight = foreshortened(1);
  const middleOfBrows = (face.leftEye.outerA + face.rightEye.innerA) / 2;
  const browAt = acrossBothEyes(face, (eye, a) => curveAt(eye.brow, a));
  const lidAt = acrossBothEyes(face, (eye, a) => curveAt(eye.upper, a));

  return (a, b, along) => {
    const s = Math.abs(mouthPosition(face, a));
    const beyond = (s - 1) * halfWidth(a);
    const below = b - seamAt(a);
    const side = Math.sign(a);
    const turned = a < 0 ? turnedLeft : turnedRight;

    // The corner's pull: nothing in the lips' middle, all at the corner, none at the face's edge.
    const pull = (s < 1 ? s * s * (2 - s * s) : 1 - smoothstep(0, roomBeyond(a), beyond)) * (1 - smoothstep(0.06, 0.42, Math.abs(below))) * (0.15 + 0.85 * turned) * mouthSize;
    const cheek = bump((Math.abs(a) - 1.15 * halfWidth(a)) / 0.34, (b - seamMiddle + 0.36) / 0.3);
    along(drawn.smile, side * reach.smileOut * turned * pull, -reach.smileUp * pull - reach.cheekUp * cheek);
    const lip = (1 - smoothstep(0.2, 0.9, s)) * (1 - smoothstep(0.03, 0.3, Math.abs(below - 0.06)));
    along(drawn.frown, -side * reach.frownIn * turned * pull, reach.frownDown * pull - reach.lowerLipUp * lip);

    const brow = browWindow(browAt(a), lidAt(a), b);
    const fromMiddle = Math.abs(a - middleOfBrows);
    const eyeOfSide = a < middleOfBrows ? face.leftEye : face.rightEye;
    const innerEnd = Math.abs((a < middleOfBrows ? eyeOfSide.outerA : eyeOfSide.innerA) - middleOfBrows);
    const eyeWidth = Math.max(eyeOfSide.outerA - eyeOfSide.innerA, 0.15);
    /** 1 at the inner end of the brow, and in between; 0 outside. */
    const inner = 1 - smoothstep(innerEnd, innerEnd + 0.95 * eyeWidth, fromMiddle);
    const towardsMiddle = -Math.sign(a - middleOfBrows) * smoothstep(0, innerEnd, fromMiddle) * (1 - smoothstep(innerEnd, innerEnd + eyeWidth, fromMiddle));
    along(drawn.browInner, reach.browInnerIn * towardsMiddle * brow, -reach.browInnerUp * inner * brow);
    // Temples and hair stay.
    const outer = 1 - smoothstep(innerEnd + 0.9 * eyeWidth, innerEnd + 1.5 * eyeWidth, fromMiddle);
    along(drawn.brow, 0, -reach.browUp * outer * brow);
    const furrowDown = Math.min(reach.furrowDown, MOST_OF_ROOM * roomBelowBrow(browAt(a), lidAt(a)));
    along(drawn.browFurrow, reach.furrowIn * towardsMiddle * brow, furrowDown * (0.3 + 0.7 * inner) * outer * brow);

    const squint = lowerLidWindow(face.leftEye, a, b) + lowerLidWindow(face.rightEye, a, b);
    along(drawn.squint, 0, -squint);
    const wide = upperLidWindow(face.leftEye, a, b) + upperLidWindow(face.rightEye, a, b);
    along(drawn.eyesWide, 0, -wide);
  };
}

/** The brow goes all the way; the skin above it less and less, and the lid's edge not at all. */
function browWindow(brow: number, upperLid: number, b: number): number {
  if (b <= brow) return 1 - smoothstep(0, 0.6, brow - b);
  return 1 - smoothstep(brow, brow + roomBelowBrow(brow, upperLid), b);
}

/** How much skin takes up what the brow moves, above the lid. */
function roomBelowBrow(brow: number, upperLid: number): number {
  return Math.max(upperLid - 0.06 - brow, 0.02);
}

/** A height above either eye, which goes over smoothly from one to the other between them. */
function acrossBothEyes(face: FaceGeometry, heightAt: (eye: EyeGeometry, a: number) => number): (a: number) => number {
  const { leftEye, rightEye } = face;
  return (a) => {
    const part = smoothstep(leftEye.outerA, rightEye.innerA, a);
    return part === 0 ? heightAt(leftEye, a) : part === 1 ? heightAt(rightEye, a) : heightAt(leftEye, a) * (1 - part) + heightAt(rightEye, a) * part;
  };
}

/** How far the lower lid goes up, with the cheek below it. */
function lowerLidWindow(eye: EyeGeometry, a: number, b: number): number {
  const lower = curveAt(eye.lower, a);
  const opening = Math.max(0, lower - curveAt(eye.upper, a));
  const far = Math.min(reach.squintUp, MOST_OF_OPENING * openingOf(eye)) * across(eye, a);
  // Above the edge, the eye: it must be left alone as far as can be.
  return far * (b > lower ? 1 - smoothstep(0, 0.3, b - lower) : 1 - smoothstep(0, Math.max(0.75 * opening, 0.05), lower - b));
}

function upperLidWindow(eye: EyeGeometry, a: number, b: number): number {
  const upper = curveAt(eye.upper, a);
  const opening = Math.max(0, curveAt(eye.lower, a) - upper);
  const far = Math.min(reach.eyesWideUp, MOST_OF_OPENING * openingOf(eye)) * across(eye, a);
  const skin = Math.max(0.8 * (upper - curveAt(eye.brow, a)), 0.08);
  return far * (b < upper ? 1 - smoothstep(0, skin, upper - b) : 1 - smoothstep(0, Math.max(0.8 * opening, 0.05), b - upper));
}

function openingOf(eye: EyeGeometry): number {
  const middle = (eye.innerA + eye.outerA) / 2;
  return Math.max(0, curveAt(eye.lower, middle) - curveAt(eye.upper, middle));
}

/** 1 over the middle of an eye, fading beyond its ends. */
function across(eye: EyeGeometry, a: number): number {
  const middle = (eye.innerA + eye.outerA) / 2;
  return 1 - smoothstep(0.3, 1.35, Math.abs(a - middle) / ((eye.outerA - eye.innerA) / 2));
}

/** 1 at 0, 0 from 1 on. */
function bump(x: number, y: number): number {
  const r2 = x * x + y * y;
  return r2 < 1 ? (1 - r2) * (1 - r2) : 0;
}
