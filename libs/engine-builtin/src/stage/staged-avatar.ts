import type { StagedAlpha } from '../matte/background-painter.ts';

/** Frames are whole cells of this many pixels. */
export const CELL = 16;

/**
 * One avatar at one frame size, ready to be drawn: its pictures lie in the arena, once for all threads. Plain data, so that it can be sent
 * to another thread. Addresses are those of the arena; lengths of lattices are padded to whole fours.
 */
export interface StagedAvatar {
  /** Of the frames that are drawn: whole cells, so up to 15 pixels more than was asked for. */
  width: number;
  height: number;
  jawIn: 'mouths' | 'base';
  /** The base pictures, I420, one after another. */
  base: { address: number; frames: number; fps: number };
  lattice: StagedLattice;
  /** frames × 6: from a base picture's pixels to the first one's (xx, xy, x0, yx, yy, y0), by the face. */
  toFirst: Float32Array;
  mouths: StagedMouths;
  eyes: { left: StagedEyes; right: StagedEyes; blinks: readonly number[]; gazesX: readonly number[]; gazesY: readonly number[] } | undefined;
  /** Without it the frame keeps what is behind the person in the base pictures, which then aren't cut out. */
  behind: StagedBehind | undefined;
  /** What must be freed. */
  blocks: readonly number[];
  bytes: number;
}

/** What is shown in place of the base pictures' background. */
export interface StagedBehind {
  /** I420. */
  picture: number;
  /** One per base picture. */
  mattes: readonly StagedAlpha[];
  transparent: boolean;
}

/** The displacement fields of the first base picture's face, at points 16 pixels apart. */
export interface StagedLattice {
  columns: number;
  rows: number;
  fields: readonly { channel: number; dx: number; dy: number }[];
}

/** Patches have PATCH_PAD pixels around them in which their mask is 0, so that a cell which leaves them is drawn straight to their edge. */
export const PATCH_PAD = 20;

export interface StagedPatches {
  /** With the padding. */
  width: number;
  height: number;
  /** Address of each patch's three planes, one after another. */
  pictures: readonly number[];
  /** Address of each patch's mask, behind it the half-sized one, and behind that its tiles; one address for all patches where they share a mask. */
  masks: readonly number[];
}

export interface StagedMouths extends StagedPatches {
  /** patches × features, and how far a feature at 1 moves what shows. */
  features: Float32Array;
  /** patches × points × 2, pixels of the patch. */
  points: Float32Array;
  /** patches × 3 and base pictures × 3, radians. */
  poses: Float32Array;
  basePoses: Float32Array;
  /** base pictures × points × 2, pixels; base pictures × 4, pixels per unit. */
  restPoints: Float32Array;
  axes: Float32Array;
  /** features × points × 2, units. */
  shape: Float32Array;
  /** How points of the face between the control points follow them: see spread-basis.ts. */
  basis: { address: number; columns: number; rows: number; firstA: number; firstB: number; step: number; pointStride: number };
  /** patches × points × 3 and base pictures × points × 3: the mean colour (y, u, v) of the skin around each control point; −1 where there is none. */
  colours: Float32Array;
  baseColours: Float32Array;
  /** Where patches may be seen, in units around the middle of the mouth. */
  reach: { left: number; right: number; top: number; bottom: number };
}

export interface StagedEyes extends StagedPatches {
  /** Place of the patches' corner (without padding) in the base picture, pixels of the frame, and pixels of the patch per pixel of the frame. */
  x: number;
  y: number;
  scaleX: number;
  scaleY: number;
}
