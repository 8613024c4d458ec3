import type { InferenceConnection } from '@visavis/viseme-net';
import { ENGINE_SAMPLE_RATE_HZ } from '@visavis/engine';
import type { AvatarBundle } from '../../bundle/avatar-bundle.ts';
import { chooseMouths } from './choose-mouths.ts';
import { CLIP_FPS, MAX_CLIP_S } from './clip-survey.ts';
import { learnSpeech } from './learn-speech.ts';
import type { SpeechOfClip } from './learn-speech.ts';
import { personalBasis, usualBasis } from './mouth-basis.ts';
import { cutMouth, packMouths, patchFrame } from './mouth-store.ts';
import type { PatchFrame, StoredMouth } from './mouth-store.ts';
import type { ClipObservation } from './observe-clip.ts';

export interface OwnMouths {
  mouths: AvatarBundle['mouths'];
  stored: readonly StoredMouth[];
  size: PatchFrame;
  speech: SpeechOfClip;
}

/** The store of the person's own mouths. */
export async function ownMouths(seen: ClipObservation, inference: InferenceConnection | undefined, onProgress: (part: number) => void): Promise<OwnMouths> {
  const { clip, survey, frames, verdict, head, mouth } = seen;
  const chosen = new Map(chooseMouths(frames, verdict, head, mouth).map((one) => [one.frame, one]));
  const size = patchFrame(mouth, [...chosen.keys()]);
  const last = Math.max(...chosen.keys());
  const cut = new Map<number, StoredMouth>();
  for await (const { index, picture } of clip.frames({ fps: CLIP_FPS, ...survey.base, crop: survey.crop, frames: last + 1, wanted: (i) => chosen.has(i) })) {
    cut.set(index, { ...chosen.get(index)!, ...cutMouth(picture, head.poses[index]!, mouth.frames[index]!.onHead, size, mouth.face) });
    onProgress(index / last);
  }
  // Closed ones come first, as they were chosen.
  const stored = [...chosen.keys()].flatMap((frame) => cut.get(frame) ?? []);
  const sound = inference && (await clip.sound(ENGINE_SAMPLE_RATE_HZ, MAX_CLIP_S));
  const basis = personalBasis(usualBasis(mouth.face, mouth.restMesh), mouth.frames.flatMap((frame) => (frame ? [frame.displacement] : [])));
  const speech = learnSpeech(sound, inference, mouth.frames, basis);
  return { mouths: await packMouths(stored, size, speech.basis, mouth, head.poses), stored, size, speech };
}
