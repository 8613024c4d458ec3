import { describe, expect, it } from 'vitest';
import type { Cue } from '@visavis/engine';
import { CueSchedule } from './cue-schedule.ts';

const nod: Cue = { type: 'gesture', gesture: 'nod' };
const shake: Cue = { type: 'gesture', gesture: 'shake' };
const happy: Cue = { type: 'expression', expression: 'happy', strength: 1 };

describe('cues that wait', () => {
  it('come when it is their time, in its order, and those of one time as they came', () => {
    const schedule = new CueSchedule();
    schedule.add(500, shake);
    schedule.add(100, nod);
    schedule.add(500, happy);
    expect(schedule.takeDue(99)).toBeUndefined();
    expect(schedule.takeDue(100)).toBe(nod);
    expect(schedule.takeDue(499)).toBeUndefined();
    expect([schedule.takeDue(700), schedule.takeDue(700), schedule.takeDue(700)]).toEqual([shake, happy, undefined]);
    expect(schedule.isEmpty).toBe(true);
  });

  it('are taken back with the sound they belong to', () => {
    const schedule = new CueSchedule();
    schedule.add(100, nod);
    schedule.add(200, shake);
    schedule.add(300, happy);
    schedule.truncate(200);
    expect([schedule.takeDue(1000), schedule.takeDue(1000)]).toEqual([nod, undefined]);
  });

  it('are bounded', () => {
    const schedule = new CueSchedule();
    for (let i = 0; i < 256; i++) schedule.add(i, nod);
    expect(() => schedule.add(1, nod)).toThrow(RangeError);
  });
});
