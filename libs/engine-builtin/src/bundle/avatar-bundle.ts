import { CONTROL_POINT_COUNT } from './control-points.ts';
import { MOUTH_FEATURES } from './mouth-features.ts';
import { packBundle, unpackBundle } from './container.ts';

/**
 * What every prepared avatar is, whether it came from a photo, a clip or a drawing: an idle loop of base pictures, and a store of mouths.
 * docs/avatar-bundle.md describes the file for those who fill it with another engine.
 */
export interface AvatarBundle {
  kind: 'photo' | 'video';
  /** Base pictures: one, or a loop at `fps`. */
  base: {
    width: number;
    height: number;
    fps: number;
    frames: number;
    /** JPEG of the one picture, or each picture's H.264 access unit (Annex B; the first a key frame), 4:2:0, BT.601, limited range. */
    coded: readonly Uint8Array[];
    /** frames × 478 × 3 (x, y, z), pixels. */
    meshes: Float32Array;
    /** frames × 3: yaw, pitch, roll in radians. */
    poses: Float32Array;
    /** frames × points × 2: where the control points lie with the mouth at rest (closed, neutral), pixels. */
    restPoints: Float32Array;
    /** frames × 4: pixels of one unit along the face's own axes: ax, ay to the picture's right along the mouth, bx, by down the face. */
    axes: Float32Array;
    /** Pairs of frames between which the loop may also jump without a visible join. */
    jumps: readonly { from: number; to: number }[];
  };
  /** Degrees by which the head is turned in the first base picture. */
  yawDegrees: number;
  /** Factor on the jaw. */
  mouthGain: number;
  /**
   * Where the jaw moves: `mouths` when the patches hold the whole lower face as it is moved, `base` when they hold lips and the skin around
   * them, and the base picture's jaw, chin and cheeks are warped.
   */
  jawIn: 'mouths' | 'base';
  mouths: PatchStore & {
    /** features × points × 2: how far each control point goes per unit of a feature, in units (a, b). */
    shape: Float32Array;
    /** count × points × 2, pixels of the patch. */
    points: Float32Array;
    /** count × features. */
    features: Float32Array;
    /** count × 3: yaw, pitch, roll of the head in each patch. */
    poses: Float32Array;
  };
  /** Only of one base picture: patches at their places in it, blink by blink, in each the gazes row by row. */
  eyes?: EyeStore;
  /** Alpha of each base picture (grey, of its size), coded like the base: 255 is the person. */
  matte?: readonly Uint8Array[];
}

/** Patches of one size. */
export interface PatchStore {
  count: number;
  width: number;
  height: number;
  /** Patches side by side in a row of the mosaics. */
  columns: number;
  /** WebP or JPEG of all patches. */
  mosaic: Uint8Array;
  /** PNG, grey: one mask for all patches, or a mosaic of one for each. 255 is the patch, 0 the base picture. */
  mask: Uint8Array;
}

export interface EyeStore {
  blinks: readonly number[];
  gazesX: readonly number[];
  gazesY: readonly number[];
  left: PatchStore & { x: number; y: number };
  right: PatchStore & { x: number; y: number };
}

interface PatchFacts {
  count: number;
  width: number;
  height: number;
  columns: number;
}

interface Facts {
  kind: 'photo' | 'video';
  width: number;
  height: number;
  fps: number;
  frames: number;
  jumps: { from: number; to: number }[];
  yawDegrees: number;
  mouthGain: number;
  jawIn: 'mouths' | 'base';
  points: number;
  features: number;
  mouths: PatchFacts;
  eyes?: { blinks: number[]; gazesX: number[]; gazesY: number[]; left: PatchFacts & { x: number; y: number }; right: PatchFacts & { x: number; y: number } };
  matte: boolean;
}

const LANDMARKS = 478;

export function packAvatar(identity: { engine: string; engineVersion: string }, avatar: AvatarBundle): Uint8Array {
  const { base, mouths, eyes } = avatar;
  const facts: Facts = {
    kind: avatar.kind,
    width: base.width,
    height: base.height,
    fps: base.fps,
    frames: base.frames,
    jumps: base.jumps.map(({ from, to }) => ({ from, to })),
    yawDegrees: avatar.yawDegrees,
    mouthGain: avatar.mouthGain,
    jawIn: avatar.jawIn,
    points: CONTROL_POINT_COUNT,
    features: MOUTH_FEATURES,
    mouths: patchFacts(mouths),
    ...(eyes
      ? {
          eyes: {
            blinks: [...eyes.blinks],
            gazesX: [...eyes.gazesX],
            gazesY: [...eyes.gazesY],
            left: { ...patchFacts(eyes.left), x: eyes.left.x, y: eyes.left.y },
            right: { ...patchFacts(eyes.right), x: eyes.right.x, y: eyes.right.y },
          },
        }
      : {}),
    matte: avatar.matte !== undefined,
  };
  const parts = new Map<string, Uint8Array>([
    ['base', joined(base.coded)],
    ['meshes.f32', bytesOf(base.meshes)],
    ['base-poses.f32', bytesOf(base.poses)],
    ['rest-points.f32', bytesOf(base.restPoints)],
    ['axes.f32', bytesOf(base.axes)],
    ['mouths', mouths.mosaic],
    ['mouths-mask.png', mouths.mask],
    ['shape.f32', bytesOf(mouths.shape)],
    ['mouth-points.f32', bytesOf(mouths.points)],
    ['mouth-features.f32', bytesOf(mouths.features)],
    ['mouth-poses.f32', bytesOf(mouths.poses)],
  ]);
  if (eyes) {
    parts.set('eyes-left', eyes.left.mosaic).set('eyes-left-mask.png', eyes.left.mask);
    parts.set('eyes-right', eyes.right.mosaic).set('eyes-right-mask.png', eyes.right.mask);
  }
  if (avatar.matte) parts.set('matte', joined(avatar.matte));
  return packBundle({ ...identity, facts: facts as unknown as Record<string, unknown>, parts });
}

/** @throws Error when the file is damaged, or of another engine or version. */
export function unpackAvatar(file: Uint8Array, identity: { engine: string; engineVersion: string }): AvatarBundle {
  const { engine, engineVersion, facts: unchecked, parts } = unpackBundle(file);
  if (engine !== identity.engine || engineVersion !== identity.engineVersion) {
    throw new Error(`the bundle was made by ${engine} ${engineVersion}, this is ${identity.engine} ${identity.engineVersion}: prepare the avatar again`);
  }
  const facts = unchecked as unknown as Facts;
  if (facts.points !== CONTROL_POINT_COUNT || facts.features !== MOUTH_FEATURES || !(facts.frames > 0) || !facts.mouths) throw damaged('manifest');
  const part = (name: string): Uint8Array => {
    const bytes = parts.get(name);
    if (!bytes) throw damaged(name);
    return bytes;
  };
  const floats = (name: string, length: number): Float32Array => {
    const bytes = part(name);
    if (bytes.byteLength !== length * 4) throw damaged(name);
    return floatsOf(bytes);
  };
  const { frames, points, features } = facts;
  const { count } = facts.mouths;
  const store = <T extends PatchFacts>(patch: T, mosaic: string) => ({ ...patch, mosaic: part(mosaic), mask: part(`${mosaic}-mask.png`) });
  const avatar: AvatarBundle = {
    kind: facts.kind,
    base: {
      width: facts.width,
      height: facts.height,
      fps: facts.fps,
      frames,
      coded: split(part('base'), frames),
      meshes: floats('meshes.f32', frames * LANDMARKS * 3),
      poses: floats('base-poses.f32', frames * 3),
      restPoints: floats('rest-points.f32', frames * points * 2),
      axes: floats('axes.f32', frames * 4),
      jumps: facts.jumps,
    },
    yawDegrees: facts.yawDegrees,
    mouthGain: facts.mouthGain,
    jawIn: facts.jawIn,
    mouths: {
      ...store(facts.mouths, 'mouths'),
      shape: floats('shape.f32', features * points * 2),
      points: floats('mouth-points.f32', count * points * 2),
      features: floats('mouth-features.f32', count * features),
      poses: floats('mouth-poses.f32', count * 3),
    },
  };
  if (facts.eyes) {
    const { blinks, gazesX, gazesY, left, right } = facts.eyes;
    avatar.eyes = { blinks, gazesX, gazesY, left: store(left, 'eyes-left'), right: store(right, 'eyes-right') };
  }
  if (facts.matte) avatar.matte = split(part('matte'), frames);
  return avatar;
}

function patchFacts({ count, width, height, columns }: PatchFacts): PatchFacts {
  return { count, width, height, columns };
}

/** Each piece with its length before it (32 bits, little-endian). */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      pieces.flatMap((piece) => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(piece.byteLength);
        return [length, piece];
      }),
    ),
  );
}

function split(bytes: Uint8Array, count: number): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at + 4 <= bytes.byteLength; ) {
    const length = view.getUint32(at, true);
    pieces.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  if (pieces.length !== count) throw damaged('pictures');
  return pieces;
}

function damaged(what: string): Error {
  return new Error(`avatar bundle is damaged: ${what}`);
}

function bytesOf(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i]!, true);
  return bytes;
}

function floatsOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getFloat32(i * 4, true));
}
