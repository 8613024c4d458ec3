import { expect, it } from 'vitest';
import { attentionState, cue, expression, gesture, parseSpeechMarks, type Cue } from '@visavis/contracts';
import { ATTENTION_STATES, EXPRESSIONS, GESTURES, type Cue as EngineCue } from '@visavis/engine';
import { cuesOfPiece, type UtteranceLooks } from './utterance-cues';

const sad: Cue = { type: 'expression', expression: 'sad', strength: 1 };
const { marks } = parseSpeechMarks('a <expression name="happy" strength="0.5">b <emphasis>c</emphasis></expression> <gesture name="nod"/>d');
const looks: UtteranceLooks = { mood: undefined, marks, resting: () => sad };

it('engines know every cue that may be asked for, by the same names', () => {
  expect(expression.options).toEqual([...EXPRESSIONS]);
  expect(gesture.options).toEqual([...GESTURES]);
  expect(attentionState.options).toEqual([...ATTENTION_STATES]);
  const fromOutside = (told: Cue): EngineCue => told;
  expect(fromOutside(cue.parse(sad))).toEqual(sad);
});

it('marks become cues at their samples, and an expression gives back to the session’s own', () => {
  const placed = [{ index: 2, atMs: 300 }, { index: 0, atMs: 100 }, { index: 1, atMs: 200.5 }, { index: 3, atMs: 300 }];
  expect(cuesOfPiece(looks, placed, true)).toEqual([
    { atSample: 4800, cue: { type: 'expression', expression: 'happy', strength: 0.5 } },
    { atSample: 9624, cue: { type: 'emphasis' } },
    { atSample: 14_400, cue: sad },
    { atSample: 14_400, cue: { type: 'gesture', gesture: 'nod' } },
  ]);
});

it('an utterance’s own expression comes with its first sample, and marks give back to it', () => {
  const angry = { expression: 'angry', strength: 0.3 } as const;
  expect(cuesOfPiece({ ...looks, mood: angry }, [{ index: 2, atMs: 0 }], true).map((one) => one.cue)).toEqual([
    { type: 'expression', ...angry },
    { type: 'expression', ...angry },
  ]);
  expect(cuesOfPiece({ ...looks, mood: angry }, [], false)).toEqual([]);
});
