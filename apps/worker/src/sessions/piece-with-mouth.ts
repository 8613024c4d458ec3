import { segmentsOf, type SpeechPiece } from '@visavis/speech';
import { mouthOfSegments } from '@visavis/viseme-net';
import type { SpokenCue, SpokenPiece } from '../pipeline/index.ts';

const SAMPLES_PER_MS = 48;

/** A piece for the media session: with the mouth that belongs to it, where the voice told its phones, and with what the face does. */
export function withMouth(piece: Pick<SpeechPiece, 'samples' | 'phones' | 'alphabet'>, cues: readonly SpokenCue[] = []): SpokenPiece {
  const { samples, phones } = piece;
  if (phones.length === 0 && cues.length === 0) return samples;
  if (phones.length === 0) return { samples, cues };
  return { samples, mouth: mouthOfSegments(segmentsOf(piece), samples.length / SAMPLES_PER_MS), cues };
}
