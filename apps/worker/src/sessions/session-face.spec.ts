import { expect, it } from 'vitest';
import type { Cue } from '@visavis/contracts';
import { SessionFace } from './session-face';

const happy: Cue = { type: 'expression', expression: 'happy', strength: 1 };
const listening: Cue = { type: 'state', state: 'listening' };
const nod: Cue = { type: 'gesture', gesture: 'nod' };

it('a face does what it is told, and keeps its expression', () => {
  const done: Cue[] = [];
  const face = new SessionFace({ ended: [], positions: {}, cues: [], cue_number: 0 }, (cue) => done.push(cue));
  expect(face.expression).toEqual({ type: 'expression', expression: 'neutral', strength: 0 });
  face.take({ type: 'cue', number: 1, cue: happy });
  face.take({ type: 'cue', number: 2, cue: nod });
  expect(done).toEqual([happy, nod]);
  expect(face.expression).toEqual(happy);
});

it('a second worker begins as the first one left it, and makes no gesture twice', () => {
  const done: Cue[] = [];
  const face = new SessionFace({ ended: [], positions: {}, cues: [happy, listening], cue_number: 3 }, (cue) => done.push(cue));
  for (const [index, cue] of [happy, nod, listening].entries()) face.take({ type: 'cue', number: index + 1, cue });
  face.take({ type: 'cue', number: 4, cue: nod });
  expect(done).toEqual([happy, listening, nod]);
  expect(face.expression).toEqual(happy);
});
