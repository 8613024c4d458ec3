import type { Dress } from './body/dress.ts';
import type { HairTone } from './hair/hair-brush.ts';
import type { Beard, HairStyle } from './hair/styles.ts';
import type { Colour } from './paint/math.ts';

/** Lengths in millimetres on a life-sized head, factors around 1. Left out means the mean of all. */
export interface FaceShape {
  /** Factors on the width at the cheekbones, at the jaw, of the chin; on the length from eyes to chin. */
  cheeks: number;
  jaw: number;
  chin: number;
  length: number;
  /** 0 smooth, 1 strong: brow ridge, cheekbones, jaw line. */
  bones: number;
  eyeWidth: number;
  eyeHeight: number;
  eyeSpacing: number;
  /** Outer corner above the inner one. */
  eyeTilt: number;
  /** Skin above the lashes before the fold. */
  lidCrease: number;
  noseWidth: number;
  noseLength: number;
  noseBridge: number;
  noseTip: number;
  mouthWidth: number;
  upperLip: number;
  lowerLip: number;
  /** Corners of the mouth up. */
  smile: number;
  browHeight: number;
  browArch: number;
  /** 0 to 1: lines and folds of age. */
  age: number;
  /** Fuller cheeks. */
  fullness: number;
}

export interface Skin {
  base: Colour;
  /** Towards which colour cheeks, nose and ears go, and how far. */
  flush: Colour;
  flushAmount: number;
  lips: Colour;
  lipAmount: number;
  gloss: number;
  freckles: number;
  /** Darkness of a shaven beard. */
  stubble: number;
}

export interface Eyes {
  iris: Colour;
  irisInner: Colour;
  lashes: number;
  /** 0 to 1: how dark the line at the lashes is. */
  liner: number;
}

export interface Brows {
  colour: Colour;
  thickness: number;
  density: number;
}

export interface Person {
  slug: string;
  name: string;
  seed: number;
  shape: FaceShape;
  skin: Skin;
  eyes: Eyes;
  brows: Brows;
  /** None under a scarf. */
  hair?: { style: HairStyle; tone: HairTone };
  beard?: Beard & { tone: HairTone };
  glasses?: { colour: Colour };
  dress: Dress;
  /** Degrees, small. */
  turn: number;
  tilt: number;
  backdrop: { light: Colour; dark: Colour };
  /** Factors around 1. */
  neckWidth: number;
  shoulders: number;
}

export const MEAN_SHAPE: FaceShape = {
  cheeks: 1, jaw: 1, chin: 1, length: 1, bones: 0.5,
  eyeWidth: 29, eyeHeight: 10.5, eyeSpacing: 63, eyeTilt: 1.2, lidCrease: 3.4,
  noseWidth: 1, noseLength: 1, noseBridge: 1, noseTip: 1,
  mouthWidth: 51, upperLip: 7.5, lowerLip: 9.5, smile: 0.6,
  browHeight: 20, browArch: 3, age: 0.15, fullness: 0,
};
