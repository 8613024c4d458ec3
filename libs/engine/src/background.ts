import type { I420Picture, PictureSize } from './picture.ts';

/** What is behind the person. An engine whose avatar has no outline of the person keeps what is there. */
export type Background =
  /** What the upload has. */
  | { type: 'keep' }
  /** `#rrggbb` */
  | { type: 'color'; color: string }
  /** A picture of the frame's size. `id` names it: the same id is the same picture. */
  | { type: 'image'; id: string; picture: I420Picture }
  /** What the upload has, out of focus: 0 to 1. */
  | { type: 'blur'; strength: number }
  | { type: 'green' }
  /** Colour in the left half of a picture of twice the width, and in the right half as grey how much of each pixel is there. */
  | { type: 'transparent' };

/** The size of the pictures that an engine draws for a frame of this size. */
export function drawnSize({ width, height, background }: PictureSize & { background?: Background }): PictureSize {
  return background?.type === 'transparent' ? { width: 2 * width, height } : { width, height };
}

/** The same for the same background: a part of the key of what is kept drawn. */
export function backgroundKey(background: Background = { type: 'keep' }): string {
  switch (background.type) {
    case 'color':
      return background.color.toLowerCase();
    case 'image':
      return `image ${background.id}`;
    case 'blur':
      return `blur ${background.strength}`;
    default:
      return background.type;
  }
}
