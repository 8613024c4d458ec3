import type { AvatarEngine } from '@visavis/engine';
import { loadFace } from './loaded-face.ts';
import type { Hearing } from './loaded-face.ts';
import { preparePhoto } from './prepare/prepare-photo.ts';

export const BUILTIN_ENGINE = 'builtin';
/** Raised whenever older bundles can no longer be drawn; avatars are then prepared again. */
export const BUILTIN_ENGINE_VERSION = '1';

const identity = { engine: BUILTIN_ENGINE, engineVersion: BUILTIN_ENGINE_VERSION };

/** Speaking faces from one photo, on any CPU: see README.md. */
export function createBuiltinEngine(hearing: Hearing = {}): AvatarEngine {
  return {
    name: BUILTIN_ENGINE,
    version: BUILTIN_ENGINE_VERSION,
    prepare: (upload, onProgress) => preparePhoto(upload, identity, onProgress),
    load: (bundle) => loadFace(bundle, identity, hearing),
    adopt() {
      throw new Error('this engine does not share its avatars between threads');
    },
  };
}

export type { Hearing } from './loaded-face.ts';
export { MIN_EYE_DISTANCE_PX, MAX_YAW_DEGREES } from './prepare/find-face.ts';
