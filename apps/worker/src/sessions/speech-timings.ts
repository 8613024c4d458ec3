import { visemeName, type TimedViseme, type UtteranceTimings } from '@visavis/contracts';
import { visemesOf, type SpeechPiece } from '@visavis/speech';
import type { SpokenViseme } from '../pipeline/index.ts';

/** What a worker tells of an utterance, but for its name. */
export type ToldTimings = Omit<UtteranceTimings, 'utterance_id'>;

/** Those of a piece that begins `offsetMs` after the utterance. */
export function timingsOfPiece(piece: Pick<SpeechPiece, 'words' | 'phones' | 'alphabet'>, offsetMs: number): ToldTimings {
  return {
    source: 'voice',
    words: piece.words.map(({ text, startMs, durationMs }) => ({ text, ...inWholeMs(offsetMs + startMs, durationMs) })),
    visemes: toldVisemes(visemesOf(piece), offsetMs),
  };
}

/** What the network saw; it knows no words. */
export function timingsOfVisemes(visemes: readonly SpokenViseme[]): ToldTimings {
  return { source: 'network', words: [], visemes: toldVisemes(visemes, 0) };
}

function toldVisemes(visemes: readonly SpokenViseme[], offsetMs: number): TimedViseme[] {
  return visemes
    .map(({ viseme, startMs, durationMs }) => ({ viseme: visemeName.parse(viseme), ...inWholeMs(offsetMs + startMs, durationMs) }))
    .filter(({ duration_ms }) => duration_ms > 0);
}

/** Both ends are rounded, so that what touches still does. */
function inWholeMs(startMs: number, durationMs: number): { start_ms: number; duration_ms: number } {
  const start = Math.max(0, Math.round(startMs));
  return { start_ms: start, duration_ms: Math.max(0, Math.round(startMs + durationMs) - start) };
}
