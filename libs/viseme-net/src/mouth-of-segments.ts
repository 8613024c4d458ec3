import { coarticulation, MOUTH_STEP_MS } from './coarticulation.ts';
import type { VisemeSegment } from './phonemes.ts';

/** What a piece of speech leaves to its listener at its end, if it ends in silence: the way to whatever the mouth does next. */
const HAND_OVER_MS = 60;

/** The mouth of a piece of speech whose phones are known, at times 0, 20, 40 … ms from its beginning. For the live path, once a piece. */
export function mouthOfSegments(segments: readonly VisemeSegment[], durationMs: number): Float32Array {
  const spokenMs = segments.findLast(({ viseme }) => viseme !== 'sil')?.endMs ?? 0;
  const untilMs = Math.max(0, durationMs - HAND_OVER_MS, Math.min(spokenMs, durationMs));
  return coarticulation(segments, Math.floor(untilMs / MOUTH_STEP_MS) + 1);
}
