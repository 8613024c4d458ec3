import type { SpeechPiece } from '@visavis/speech';
import { mouthOfSegments, visemeSegments } from '@visavis/viseme-net';
import type { SpokenPiece } from '../pipeline/index.ts';

const SAMPLES_PER_MS = 48;

/** A piece for the media session: with the mouth that belongs to it, where the voice told its phones. */
export function withMouth({ samples, phones, alphabet }: Pick<SpeechPiece, 'samples' | 'phones' | 'alphabet'>): SpokenPiece {
  if (phones.length === 0) return samples;
  const segments = visemeSegments(phones.map(({ symbol, startMs, durationMs }) => ({ symbol, startMs, endMs: startMs + durationMs })), alphabet);
  return { samples, mouth: mouthOfSegments(segments, samples.length / SAMPLES_PER_MS) };
}
