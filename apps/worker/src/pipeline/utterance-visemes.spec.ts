import { VISEMES } from '@visavis/viseme-net/phonemes';
import { describe, expect, it } from 'vitest';
import { UtteranceVisemes } from './utterance-visemes.ts';

const PACKET = 960;

/** An engine that says these, one every 20 ms, from media time 0 on; what is missing is unknown. */
function engine(said: string): { visemeAt(at: number): number; heardSteps: number } {
  const steps = said.split(' ').map((name) => VISEMES.indexOf(name as (typeof VISEMES)[number]));
  const self = { heardSteps: Infinity, visemeAt: (at: number) => (Math.round(at / PACKET) < self.heardSteps ? (steps[Math.round(at / PACKET)] ?? -1) : -1) };
  return self;
}

const line = (visemes: UtteranceVisemes, atTheEnd: boolean): string =>
  visemes
    .take(atTheEnd)
    .map(({ viseme, startMs, durationMs }) => `${viseme} ${startMs}+${durationMs}`)
    .join(', ');

function said(steps: string, { packets = steps.split(' ').length, startAtMs = 0, lastSamples = PACKET } = {}): string {
  const visemes = new UtteranceVisemes(startAtMs, engine(steps).visemeAt);
  for (let packet = 0; packet < packets; packet++) visemes.note(packet * PACKET, packet === packets - 1 ? lastSamples : PACKET);
  return line(visemes, true);
}

describe('the visemes of an utterance', () => {
  it('follow each other, each moment that of the nearest step', () => {
    expect(said('sil sil sil aa aa aa aa PP PP PP', { packets: 9 })).toBe('sil 0+50, aa 50+80, PP 130+50');
  });

  it('leave flicker out: shorter than 40 ms is no viseme', () => {
    expect(said('aa aa aa E aa aa aa aa', { packets: 7 })).toBe('aa 0+140');
    expect(said('aa aa aa E ih aa aa aa', { packets: 7 })).toBe('aa 0+140');
    expect(said('E aa aa aa aa', { packets: 4 })).toBe('aa 0+80');
    expect(said('aa aa aa aa E E', { packets: 5 })).toBe('aa 0+100');
    expect(said('aa', { packets: 1 })).toBe('aa 0+20');
  });

  it('count only what is the utterance\'s own, to its last sample', () => {
    expect(said('aa aa aa aa PP PP PP PP', { packets: 7, lastSamples: 240 })).toBe('aa 0+70, PP 70+55');
  });

  it('go on where another worker stopped', () => {
    expect(said('aa aa aa aa PP PP PP PP', { packets: 7, startAtMs: 2000 })).toBe('aa 2000+70, PP 2070+70');
  });

  it('wait for an engine that is late, and tell each segment once, when it is certain', () => {
    const late = engine('aa aa aa aa PP PP PP PP sil sil sil sil');
    const visemes = new UtteranceVisemes(0, late.visemeAt);
    late.heardSteps = 0;
    for (let packet = 0; packet < 7; packet++) visemes.note(packet * PACKET, PACKET);
    expect(line(visemes, false)).toBe('');
    late.heardSteps = 8;
    expect(line(visemes, false)).toBe('aa 0+70');
    for (let packet = 7; packet < 9; packet++) visemes.note(packet * PACKET, PACKET);
    late.heardSteps = 10;
    expect(line(visemes, false)).toBe('');
    visemes.note(9 * PACKET, PACKET);
    late.heardSteps = 11;
    expect(line(visemes, false)).toBe('PP 70+80');
    expect(line(visemes, true)).toBe('sil 150+50');
    expect(line(visemes, true)).toBe('');
  });

  it('take what stays unknown for what was before it, and say nothing where nothing is known', () => {
    const gap = engine('aa aa aa aa aa');
    const visemes = new UtteranceVisemes(0, gap.visemeAt);
    for (let packet = 0; packet < 200; packet++) visemes.note(packet * PACKET, PACKET);
    expect(line(visemes, true)).toBe('aa 0+4000');
    expect(said('? ? ? aa aa aa aa', { packets: 6 })).toBe('aa 50+70');
    expect(said('? ? ?')).toBe('');
  });
});
