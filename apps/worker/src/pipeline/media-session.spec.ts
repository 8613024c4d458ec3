import { createOpusDecoder } from '@visavis/codec';
import { afterEach, describe, expect, it } from 'vitest';
import type { StreamOptions } from '@visavis/engine';
import type { PipelineEvent } from './pipeline-event.ts';
import { VIDEO_HOLD_MS } from './media-session.ts';
import { createGradientAvatar } from './testing/gradient-avatar.ts';
import { openSessionRig, type SessionRig } from './testing/session-rig.ts';
import { handFed, shapedTone, tone } from './testing/speech.ts';

let rig: SessionRig;
afterEach(() => rig.session.close());

/** The level of every packet that was sent, as a viewer hears it. */
function heardLevels({ audio }: SessionRig): number[] {
  const decoder = createOpusDecoder();
  const levels = audio.map(({ data }) => {
    const pcm = decoder.decode(data);
    return Math.sqrt(pcm.reduce((sum, value) => sum + value * value, 0) / pcm.length);
  });
  decoder.close();
  return levels;
}

function ofUtterances({ events }: SessionRig): PipelineEvent[] {
  return events
    .filter(({ type }) => type === 'utterance.started' || type === 'utterance.ended')
    .map((event) => {
      const plain: Partial<typeof event> = { ...event };
      delete plain.atMs;
      return plain as PipelineEvent;
    });
}

function playedMsOf(event: PipelineEvent | undefined): number {
  return event !== undefined && 'playedMs' in event ? event.playedMs : Number.NaN;
}

describe('the clock', () => {
  it('sends sound every 20 ms and a picture every 40 ms from the start, silent and moving', async () => {
    rig = openSessionRig();
    await rig.time.advance(1000);
    expect(rig.audio.map(({ mediaSample }) => mediaSample)).toEqual(Array.from({ length: 51 }, (_, index) => index * 960));
    expect(rig.video.map(({ mediaSample }) => mediaSample)).toEqual(Array.from({ length: 25 }, (_, index) => index * 1920));
    expect(rig.video.map(({ key }) => key)).toEqual([true, ...Array<boolean>(24).fill(false)]);
    expect(rig.events.map(({ type }) => type)).toEqual(['sending']);
    expect(Math.max(...heardLevels(rig))).toBe(0);
  });

  it('stamps sound with the instant at which it leaves, and pictures with that of their sound', async () => {
    rig = openSessionRig({ fps: 30 });
    await rig.time.advance(3000);
    for (const { atMs, mediaSample } of rig.audio) expect(Math.abs(atMs - rig.startMs - mediaSample / 48)).toBeLessThanOrEqual(1);
    for (const { atMs, mediaSample } of rig.video) expect(Math.abs(atMs - rig.startMs - VIDEO_HOLD_MS - mediaSample / 48)).toBeLessThanOrEqual(1);
    expect(rig.video[30]!.mediaSample).toBe(48_000);
    expect(rig.reports.length).toBeGreaterThanOrEqual(4);
  });

  it('leaves overdue pictures out and sends all sound after a stall', async () => {
    rig = openSessionRig();
    await rig.time.advance(200);
    const pictures = rig.video.length;
    rig.time.stall(130);
    await rig.time.advance(70);
    expect(rig.audio.map(({ mediaSample }) => mediaSample)).toEqual(rig.audio.map((_, index) => index * 960));
    expect(rig.audio.length).toBe(21);
    expect(rig.session.stats.framesDropped).toBe(2);
    expect(rig.video.length).toBe(pictures + 5 - 2);
    const samples = rig.video.map(({ mediaSample }) => mediaSample);
    expect(samples).toEqual([...samples].sort((a, b) => a - b));
    expect(samples.at(-1)).toBe(Math.floor((400 - VIDEO_HOLD_MS) / 40) * 1920);
  });

  it('goes on from now after a long sleep instead of sending what it missed', async () => {
    rig = openSessionRig();
    await rig.time.advance(1000);
    const packets = rig.audio.length;
    rig.time.stall(60_000);
    await rig.time.advance(1000);
    expect(rig.audio.length).toBeLessThanOrEqual(packets + 52);
    expect(rig.session.stats.clockSlips).toBe(1);
    expect(rig.audio.map(({ mediaSample }) => mediaSample)).toEqual(rig.audio.map((_, index) => index * 960));
  });

  it('answers a request with the next picture', async () => {
    rig = openSessionRig();
    await rig.time.advance(410);
    rig.session.requestKeyFrame();
    await rig.time.advance(400);
    expect(rig.video.map(({ key }, index) => (key ? index : -1)).filter((index) => index >= 0)).toEqual([0, 10]);
  });
});

describe('speech', () => {
  it('is heard, and seen by the engine ahead of it by the look-ahead', async () => {
    rig = openSessionRig({ lookAheadMs: 90 });
    await rig.time.advance(500);
    rig.session.speak({ utteranceId: 'a', source: tone(1000) });
    await rig.time.advance(2000);
    const levels = heardLevels(rig);
    const first = levels.findIndex((level) => level > 0.1);
    const seen = rig.avatar.pushes.findIndex(({ level }) => level > 0.1);
    expect(rig.avatar.pushes[seen]!.atSample48k).toBe(rig.audio[first]!.mediaSample);
    expect(levels.filter((level) => level > 0.2).length).toBe(50);
    // Asked for at 500 ms: the packet that enters next leaves four packets (80 ms) later: pictures leave 20 ms after their sound.
    expect(rig.audio[first]!.mediaSample / 48).toBeLessThanOrEqual(620);
  });

  it('goes in order, each with one start and one end, counted to the millisecond', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: tone(1230) });
    rig.session.speak({ utteranceId: 'b', source: tone(10) });
    rig.session.speak({ utteranceId: 'c', source: (async function* () {})() });
    rig.session.speak({ utteranceId: 'd', source: () => tone(500) });
    await rig.time.advance(3000);
    expect(ofUtterances(rig)).toEqual([
      { type: 'utterance.started', utteranceId: 'a' },
      { type: 'utterance.ended', utteranceId: 'a', interrupted: false, playedMs: 1230 },
      { type: 'utterance.started', utteranceId: 'b' },
      { type: 'utterance.ended', utteranceId: 'b', interrupted: false, playedMs: 10 },
      { type: 'utterance.ended', utteranceId: 'c', interrupted: false, playedMs: 0 },
      { type: 'utterance.started', utteranceId: 'd' },
      { type: 'utterance.ended', utteranceId: 'd', interrupted: false, playedMs: 500 },
    ]);
    expect(rig.session.stats.underruns).toBe(0);
  });

  it('ends when its last packet left, not when its source ended', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: tone(2000, 2000) });
    await rig.time.advance(1800);
    expect(ofUtterances(rig)).toEqual([{ type: 'utterance.started', utteranceId: 'a' }]);
    await rig.time.advance(1000);
    const end = rig.events.find(({ type }) => type === 'utterance.ended')!;
    const loud = heardLevels(rig).map((level, index) => (level > 0.3 ? rig.audio[index]!.atMs : 0));
    expect(end.atMs - Math.max(...loud)).toBeGreaterThanOrEqual(0);
    expect(end.atMs - Math.max(...loud)).toBeLessThanOrEqual(20);
  });

  it('tells its position every second', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: tone(3500) });
    await rig.time.advance(5000);
    const positions = rig.events.filter(({ type }) => type === 'utterance.position').map((event) => ('playedMs' in event ? event.playedMs : 0));
    expect(positions).toEqual([1000, 2000, 3000]);
  });

  it('resumes where another worker stopped', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: tone(2000), startAtMs: 1500 });
    await rig.time.advance(2000);
    expect(heardLevels(rig).filter((level) => level > 0.2).length).toBe(25);
    expect(ofUtterances(rig)).toEqual([{ type: 'utterance.ended', utteranceId: 'a', interrupted: false, playedMs: 2000 }]);
  });

  it('is silent while a streamed source is late, goes on after, and counts only what was said', async () => {
    rig = openSessionRig();
    const { source, give, finish } = handFed();
    rig.session.speak({ utteranceId: 'a', source });
    give(200);
    await rig.time.advance(1000);
    expect(rig.session.stats.underruns).toBe(1);
    give(200);
    await rig.time.advance(1000);
    finish();
    await rig.time.advance(1000);
    expect(ofUtterances(rig)).toEqual([
      { type: 'utterance.started', utteranceId: 'a' },
      { type: 'utterance.ended', utteranceId: 'a', interrupted: false, playedMs: 400 },
    ]);
  });

  it('ends a broken source with its reason and goes on with the next', async () => {
    rig = openSessionRig();
    const { source, give, fail } = handFed();
    rig.session.speak({ utteranceId: 'a', source });
    rig.session.speak({ utteranceId: 'b', source: tone(100) });
    give(200);
    fail(Object.assign(new Error('The file is not audio.'), { name: 'SpeechDecodeError', code: 'unreadable_audio' }));
    await rig.time.advance(2000);
    expect(ofUtterances(rig)).toMatchObject([
      { type: 'utterance.started', utteranceId: 'a' },
      { type: 'utterance.ended', utteranceId: 'a', interrupted: false, playedMs: 200, error: { code: 'unreadable_audio', detail: 'The file is not audio.' } },
      { type: 'utterance.started', utteranceId: 'b' },
      { type: 'utterance.ended', utteranceId: 'b', playedMs: 100 },
    ]);
  });

  it('hides the message of an unknown error', async () => {
    rig = openSessionRig();
    const { source, fail } = handFed();
    rig.session.speak({ utteranceId: 'a', source });
    fail(new Error('ECONNREFUSED 10.0.0.7'));
    await rig.time.advance(500);
    expect(ofUtterances(rig)).toMatchObject([{ type: 'utterance.ended', error: { code: 'speech_failed', detail: 'The speech could not be played.' } }]);
  });

  it('never reads more than a few seconds ahead, nor the third in the queue', async () => {
    rig = openSessionRig();
    let pulled = 0;
    let opened = '';
    async function* endless(): AsyncGenerator<Float32Array> {
      for (;;) {
        pulled++;
        yield new Float32Array(48_000).fill(0.1);
      }
    }
    rig.session.speak({ utteranceId: 'a', source: endless() });
    for (const id of ['b', 'c', 'd']) {
      rig.session.speak({
        utteranceId: id,
        source: () => {
          opened += id;
          return tone(100);
        },
      });
    }
    await rig.time.advance(2000);
    expect(pulled).toBeLessThanOrEqual(7);
    expect(opened).toBe('b');
  });
});

describe('visemes', () => {
  type Told = PipelineEvent & { type: 'utterance.visemes'; atMs: number };
  const told = (id: string): Told[] => rig.events.filter((event): event is Told => event.type === 'utterance.visemes' && event.utteranceId === id);

  it('are told about once a second and to the last sample before the end, for those that asked', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: tone(2500), visemes: true });
    rig.session.speak({ utteranceId: 'b', source: tone(1500) });
    await rig.time.advance(5000);
    expect(told('b')).toEqual([]);
    expect(told('a').length).toBe(3);
    const segments = told('a').flatMap(({ visemes }) => visemes);
    segments.slice(1).forEach(({ startMs }, i) => expect(startMs).toBe(segments[i]!.startMs + segments[i]!.durationMs));
    expect(segments[0]!.startMs).toBe(0);
    expect(segments.at(-1)!.startMs + segments.at(-1)!.durationMs).toBe(2500);
    segments.slice(1, -1).forEach(({ durationMs }) => expect(durationMs).toBe(200));
    expect(new Set(segments.map(({ viseme }) => viseme))).toEqual(new Set(['aa', 'ou']));
    const types = rig.events.map(({ type }) => type);
    expect(types.lastIndexOf('utterance.visemes')).toBe(types.indexOf('utterance.ended') - 1);
  });

  it('count from the first sample of an utterance that was begun elsewhere', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: tone(2000), startAtMs: 1500, visemes: true });
    await rig.time.advance(2000);
    const segments = told('a').flatMap(({ visemes }) => visemes);
    expect(segments[0]!.startMs).toBe(1500);
    expect(segments.at(-1)!.startMs + segments.at(-1)!.durationMs).toBe(2000);
  });

  it('end with what was heard when interrupted, and are none for what was not', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: tone(5000), visemes: true });
    rig.session.speak({ utteranceId: 'b', source: tone(5000), visemes: true });
    await rig.time.advance(700);
    rig.session.interrupt();
    await rig.time.advance(200);
    const last = told('a').at(-1)!.visemes.at(-1)!;
    expect(last.startMs + last.durationMs).toBe(playedMsOf(ofUtterances(rig).find(({ type }) => type === 'utterance.ended')));
    expect(told('b')).toEqual([]);
  });
});

describe('a session that can not be opened', () => {
  it('leaves no stream of the engine behind', () => {
    rig = openSessionRig();
    const avatar = createGradientAvatar(60);
    const broken = { ...avatar, open: (options: StreamOptions) => Object.assign(avatar.open(options), { push: () => { throw new Error('deaf'); } }) };
    expect(() => openSessionRig({ avatar: broken })).toThrow('deaf');
    expect(avatar.closed).toBe(1);
  });
});

describe('a mouth that is known', () => {
  it('is given to the engine with its sound, packet for packet', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: shapedTone(1000) });
    rig.session.speak({ utteranceId: 'b', source: tone(500) });
    await rig.time.advance(2500);
    const { shapes, pushes } = rig.avatar;
    const firstLoud = pushes.find(({ level }) => level > 0.1)!.atSample48k;
    expect(shapes.map(({ atSample48k }) => atSample48k)).toEqual(Array.from({ length: 50 }, (_, packet) => firstLoud + packet * 960));
    shapes.forEach(({ jaw }, packet) => expect(jaw).toBeCloseTo((packet * 20) / 1000, 5));
  });

  it('stays with its sound when the utterance was begun elsewhere, off the grid', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: shapedTone(1000, 330), startAtMs: 417 });
    await rig.time.advance(2000);
    const { shapes } = rig.avatar;
    expect(shapes.length).toBeGreaterThan(25);
    const [{ atSample48k }] = shapes as [(typeof shapes)[number]];
    for (const shape of shapes) expect(shape.jaw * 1000).toBeCloseTo(417 + (shape.atSample48k - atSample48k) / 48, 2);
  });

  it('is taken back with the sound', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: shapedTone(5000) });
    await rig.time.advance(1005);
    const given = rig.avatar.shapes.length;
    rig.session.interrupt();
    await rig.time.advance(500);
    expect(rig.avatar.truncations.length).toBe(1);
    expect(rig.avatar.shapes.length).toBe(given);
  });
});

describe('interrupt', () => {
  it('is silent with the next packet, closes the mouth at once and ends everything exactly once, in order', async () => {
    rig = openSessionRig();
    const signals: AbortSignal[] = [];
    const source = (signal: AbortSignal): AsyncGenerator<Float32Array> => {
      signals.push(signal);
      return tone(5000);
    };
    for (const id of ['a', 'b', 'c']) rig.session.speak({ utteranceId: id, source });
    await rig.time.advance(1005);
    const packets = rig.audio.length;
    rig.session.interrupt();
    rig.session.interrupt();
    await rig.time.advance(2000);
    const levels = heardLevels(rig);
    expect(levels[packets - 1]).toBeGreaterThan(0.2);
    expect(Math.max(...levels.slice(packets + 2))).toBeLessThan(0.01);
    expect(rig.avatar.truncations).toEqual([packets * 960]);
    const ends = ofUtterances(rig).filter(({ type }) => type === 'utterance.ended');
    expect(ends).toMatchObject([
      { utteranceId: 'a', interrupted: true },
      { utteranceId: 'b', interrupted: true, playedMs: 0 },
      { utteranceId: 'c', interrupted: true, playedMs: 0 },
    ]);
    const spoken = levels.filter((level) => level > 0.2).length * 20;
    expect(Math.abs(playedMsOf(ends[0]) - spoken)).toBeLessThanOrEqual(20);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });

  it('makes room for what is said next', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: tone(5000) });
    await rig.time.advance(1000);
    rig.session.interrupt();
    rig.session.speak({ utteranceId: 'b', source: tone(300) });
    await rig.time.advance(1000);
    expect(ofUtterances(rig).map((event) => ('utteranceId' in event ? `${event.type} ${event.utteranceId}` : ''))).toEqual([
      'utterance.started a',
      'utterance.ended a',
      'utterance.started b',
      'utterance.ended b',
    ]);
    expect(ofUtterances(rig).at(-1)).toMatchObject({ interrupted: false, playedMs: 300 });
  });

  it('that the engine can not follow ends this session only', async () => {
    const avatar = createGradientAvatar();
    const open = avatar.open.bind(avatar);
    avatar.open = (options) => Object.assign(open(options), { truncate: () => { throw new RangeError('too far back'); } });
    rig = openSessionRig({ avatar });
    rig.session.speak({ utteranceId: 'a', source: tone(5000) });
    await rig.time.advance(1000);
    rig.session.interrupt();
    expect(rig.events.map(({ type }) => type)).toEqual(['sending', 'utterance.started', 'utterance.ended', 'failed']);
  });

  it('changes nothing in silence', async () => {
    rig = openSessionRig();
    await rig.time.advance(300);
    rig.session.interrupt();
    await rig.time.advance(300);
    expect(rig.avatar.truncations).toEqual([]);
    expect(ofUtterances(rig)).toEqual([]);
  });

  it('ends an utterance whose source is late and one that has not begun', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: handFed().source });
    await rig.time.advance(300);
    rig.session.interrupt();
    await rig.time.advance(100);
    expect(ofUtterances(rig)).toEqual([{ type: 'utterance.ended', utteranceId: 'a', interrupted: true, playedMs: 0 }]);
  });
});

describe('closing', () => {
  it('ends what is unfinished, once, and sends nothing more', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: tone(5000) });
    rig.session.speak({ utteranceId: 'b', source: tone(5000) });
    await rig.time.advance(1000);
    rig.session.close();
    rig.session.close();
    rig.session.speak({ utteranceId: 'c', source: tone(100) });
    const packets = rig.audio.length;
    await rig.time.advance(1000);
    expect(rig.audio.length).toBe(packets);
    expect([rig.avatar.closed, rig.closedSenders]).toEqual([1, 1]);
    expect(ofUtterances(rig).filter(({ type }) => type === 'utterance.ended')).toMatchObject([
      { utteranceId: 'a', interrupted: true },
      { utteranceId: 'b', interrupted: true, playedMs: 0 },
    ]);
  });

  it('reports no end when another worker goes on', async () => {
    rig = openSessionRig();
    rig.session.speak({ utteranceId: 'a', source: tone(5000) });
    await rig.time.advance(1000);
    rig.session.close({ handOver: true });
    await rig.time.advance(1000);
    expect(ofUtterances(rig).filter(({ type }) => type === 'utterance.ended')).toEqual([]);
  });

  it('follows when the engine breaks, with one report', async () => {
    rig = openSessionRig();
    rig.avatar.failAtFrame = 5;
    rig.session.speak({ utteranceId: 'a', source: tone(5000) });
    await rig.time.advance(1000);
    expect(rig.video.length).toBe(5);
    expect(rig.events.filter(({ type }) => type === 'failed').length).toBe(1);
    expect(ofUtterances(rig).filter(({ type }) => type === 'utterance.ended')).toMatchObject([{ utteranceId: 'a', interrupted: true }]);
  });
});
