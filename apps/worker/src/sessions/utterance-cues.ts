import type { Cue, Mood, SpeechMark } from '@visavis/contracts';
import type { PlacedMark } from '@visavis/speech';
import type { SpokenCue } from '../pipeline/index.ts';

const SAMPLES_PER_MS = 48;

/** What the face does while one utterance is said: an expression for all of it, and what its text's marks ask for. */
export interface UtteranceLooks {
  mood: Mood | undefined;
  marks: readonly SpeechMark[];
  /** The session's own expression now, which marks give back to. */
  resting(): Cue;
}

/** The cues of a piece, in the order of their samples. @param first whether the utterance begins with it */
export function cuesOfPiece({ mood, marks, resting }: UtteranceLooks, placed: readonly PlacedMark[], first: boolean): SpokenCue[] {
  const usual = (): Cue => (mood === undefined ? resting() : { type: 'expression', ...mood });
  const cues: SpokenCue[] = first && mood !== undefined ? [{ atSample: 0, cue: usual() }] : [];
  for (const { index, atMs } of placed.toSorted((a, b) => a.atMs - b.atMs)) {
    const cue = cueOf(marks[index], usual);
    if (cue !== undefined) cues.push({ atSample: Math.round(atMs * SAMPLES_PER_MS), cue });
  }
  return cues;
}

function cueOf(mark: SpeechMark | undefined, usual: () => Cue): Cue | undefined {
  switch (mark?.type) {
    case 'emphasis':
      return { type: 'emphasis' };
    case 'gesture':
      return { type: 'gesture', gesture: mark.gesture };
    case 'expression':
      return mark.expression === null ? usual() : { type: 'expression', expression: mark.expression, strength: mark.strength };
    default:
      return undefined;
  }
}
