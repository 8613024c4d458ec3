import { segmentsOf, type SpeechPiece } from '@visavis/speech';
import { mouthOfSegments } from '@visavis/viseme-net';
import type { SpokenPiece } from '../pipeline/index.ts';

const SAMPLES_PER_MS = 48;

/** A piece for the media session: with the mouth that belongs to it, where the voice told its phones. */
export function withMouth(piece: Pick<SpeechPiece, 'samples' | 'phones' | 'alphabet'>): SpokenPiece {
  const { samples, phones } = piece;
  if (phones.length === 0) return samples;
  return { samples, mouth: mouthOfSegments(segmentsOf(piece), samples.length / SAMPLES_PER_MS) };
}
