import type { Cue } from '@visavis/engine';
import { afterEach, describe, expect, it } from 'vitest';
import type { ShapedSpeech } from './speech-feed.ts';
import { createGradientAvatar } from './testing/gradient-avatar.ts';
import { openSessionRig, type SessionRig } from './testing/session-rig.ts';

let rig: SessionRig;
afterEach(() => rig.session.close());

const happy: Cue = { type: 'expression', expression: 'happy', strength: 0.8 };
const sad: Cue = { type: 'expression', expression: 'sad', strength: 1 };
const neutral: Cue = { type: 'expression', expression: 'neutral', strength: 0 };
const nod: Cue = { type: 'gesture', gesture: 'nod' };
const emphasis: Cue = { type: 'emphasis' };

/** Pieces of 300 ms of a loud constant, with cues at milliseconds of the whole. */
async function* saying(durationMs: number, cues: [atMs: number, cue: Cue][]): AsyncGenerator<ShapedSpeech> {
  for (let fromMs = 0; fromMs < durationMs; fromMs += 300) {
    const toMs = Math.min(durationMs, fromMs + 300);
    const mine = cues.filter(([atMs]) => atMs >= fromMs && (atMs < toMs || toMs === durationMs));
    yield { samples: new Float32Array((toMs - fromMs) * 48).fill(0.3), cues: mine.map(([atMs, cue]) => ({ atSample: (atMs - fromMs) * 48, cue })) };
  }
}

/** What the engine was told, in milliseconds from the first sound that it heard. */
function told(): [atMs: number, cue: Cue][] {
  const first = rig.avatar.pushes.find(({ level }) => level > 0.1)!.atSample48k;
  return rig.avatar.acts.map(({ atSample48k, cue }) => [(atSample48k - first) / 48, cue]);
}

describe('cues of speech', () => {
  it('come at their samples, however the speech is cut, and the expression ends with it', async () => {
    rig = openSessionRig();
    await rig.time.advance(500);
    rig.session.speak({ utteranceId: 'a', source: saying(1000, [[0, happy], [123, nod], [300, emphasis], [999, nod]]) });
    await rig.time.advance(2000);
    expect(told()).toEqual([[0, happy], [123, nod], [300, emphasis], [999, nod], [1000, neutral]]);
  });

  it('at its end, and of an utterance without any sound, are not lost', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: saying(300, [[300, nod]]) });
    rig.session.speak({
      utteranceId: 'b',
      source: (async function* () {
        yield { samples: new Float32Array(0), cues: [{ atSample: 0, cue: emphasis }] };
      })(),
    });
    await rig.time.advance(1000);
    expect(told().map(([, cue]) => cue)).toEqual([nod, emphasis]);
    expect(told()[0]![0]).toBe(300);
  });

  it('give the expression back to the session that the caller chose', async () => {
    rig = openSessionRig();
    await rig.time.advance(500);
    rig.session.act(sad);
    rig.session.speak({ utteranceId: 'a', source: saying(600, [[0, happy]]) });
    rig.session.speak({ utteranceId: 'b', source: saying(600, [[100, nod]]) });
    await rig.time.advance(2500);
    expect(told().map(([, cue]) => cue)).toEqual([sad, happy, sad, nod]);
  });

  it('that were not reached are dropped by an interruption, and the expression is given back', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: saying(3000, [[0, happy], [2500, nod]]) });
    rig.session.speak({ utteranceId: 'b', source: saying(3000, [[0, sad]]) });
    await rig.time.advance(1005);
    const at = rig.audio.length * 960;
    rig.session.interrupt();
    await rig.time.advance(1000);
    expect(rig.avatar.acts.map(({ cue }) => cue)).toEqual([happy, neutral]);
    expect(rig.avatar.acts[1]!.atSample48k).toBe(at);
    expect(rig.avatar.truncations).toEqual([at]);
  });

  it('give it back even where the end of the utterance was taken back', async () => {
    rig = openSessionRig({ lookAheadMs: 220 });
    rig.session.speak({ utteranceId: 'a', source: saying(1000, [[0, happy]]) });
    await rig.time.advance(1080);
    expect(rig.avatar.acts.map(({ cue }) => cue)).toEqual([happy, neutral]);
    rig.session.interrupt();
    expect(rig.avatar.truncations[0]).toBeLessThan(rig.avatar.acts[1]!.atSample48k);
    expect(rig.avatar.acts.map(({ cue }) => cue)).toEqual([happy, neutral, neutral]);
    await rig.time.advance(500);
  });

  it('go on where another worker stopped: with the expression, without what was done', async () => {
    rig = openSessionRig();
    const cues: [number, Cue][] = [[0, sad], [100, nod], [200, happy], [700, emphasis], [900, nod]];
    rig.session.speak({ utteranceId: 'a', source: saying(1500, cues), startAtMs: 750 });
    await rig.time.advance(2000);
    expect(told()).toEqual([[0, happy], [150, nod], [750, neutral]]);
  });
});

describe('a live cue', () => {
  it('comes before the packet that leaves next, so that an interruption leaves it alone', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: saying(3000, []) });
    await rig.time.advance(1005);
    rig.session.act(nod);
    rig.session.interrupt();
    await rig.time.advance(500);
    expect(rig.avatar.acts.length).toBe(1);
    expect(rig.avatar.acts[0]!.atSample48k).toBeLessThan(rig.avatar.truncations[0]!);
  });

  it('may be the first thing of all, and comes too late for a closed session', async () => {
    rig = openSessionRig();
    rig.session.act(happy);
    await rig.time.advance(100);
    rig.session.close();
    rig.session.act(nod);
    expect(rig.avatar.acts).toEqual([{ atSample48k: 0, cue: happy }]);
  });
});

describe('cues without number', () => {
  it('are left out beyond what anybody sees, and the session goes on', async () => {
    rig = openSessionRig();
    await rig.time.advance(500);
    for (let count = 0; count < 1000; count++) rig.session.act(nod);
    rig.session.speak({ utteranceId: 'a', source: saying(300, Array.from({ length: 1000 }, (): [number, Cue] => [100, emphasis])) });
    await rig.time.advance(1000);
    rig.session.act(happy);
    const of = (wanted: Cue): number => rig.avatar.acts.filter(({ cue }) => cue === wanted).length;
    expect([of(nod), of(happy)]).toEqual([32, 1]);
    expect(of(emphasis)).toBeGreaterThan(0);
    expect(of(emphasis)).toBeLessThanOrEqual(32);
    expect(rig.events.filter(({ type }) => type === 'utterance.ended')).toMatchObject([{ interrupted: false }]);
  });

  it('that an engine refuses end its own session, and not the thread', async () => {
    const avatar = createGradientAvatar();
    const open = avatar.open.bind(avatar);
    avatar.open = (options) => Object.assign(open(options), { act: () => { throw new RangeError('too many'); } });
    rig = openSessionRig({ avatar });
    await rig.time.advance(100);
    rig.session.act(nod);
    expect(rig.events.map(({ type }) => type)).toEqual(['sending', 'failed']);
  });
});
