import { looksLikeClip } from '@visavis/codec';
import type { AvatarEngine } from '@visavis/engine';
import { adoptAvatar, loadAvatar, Workshop } from './loaded-avatar.ts';
import type { EngineOptions } from './loaded-avatar.ts';
import { preparePhoto } from './prepare/prepare-photo.ts';
import { prepareVideo } from './prepare/video/prepare-video.ts';

export const BUILTIN_ENGINE = 'builtin';
/** Raised whenever older bundles can no longer be drawn; avatars are then prepared again. */
export const BUILTIN_ENGINE_VERSION = '2';

const identity = { engine: BUILTIN_ENGINE, engineVersion: BUILTIN_ENGINE_VERSION };

/** Speaking faces from a photo or a clip, on any CPU: see README.md. */
export function createBuiltinEngine(options: EngineOptions = {}): AvatarEngine {
  let workshop: Workshop | undefined;
  const opened = (): Workshop => (workshop ??= new Workshop(options));
  return {
    name: BUILTIN_ENGINE,
    version: BUILTIN_ENGINE_VERSION,
    prepare: (upload, onProgress) => (looksLikeClip(upload) ? prepareVideo(upload, identity, onProgress, options) : preparePhoto(upload, identity, onProgress)),
    load: (bundle, usual) => loadAvatar(bundle, identity, opened(), usual),
    adopt: (handle) => adoptAvatar(handle, opened()),
  };
}

export { createEngineMemory } from './loaded-avatar.ts';
export type { EngineMemory, EngineOptions } from './loaded-avatar.ts';
export { MIN_EYE_DISTANCE_PX, MAX_YAW_DEGREES } from './prepare/find-face.ts';
