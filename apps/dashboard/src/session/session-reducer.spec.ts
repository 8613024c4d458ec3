import type { SessionEvent, SessionEventType } from '@visavis/contracts';
import { describe, expect, it } from 'vitest';
import { NETWORK_FAILURE } from './failure.ts';
import { reduceSession, type SessionAction } from './session-reducer.ts';
import { IDLE, meterMs, type SessionState } from './session-state.ts';

const UUID = '019ab0d2-6f4e-7c31-9a55-0b1f6a3c2d1';
const A = `utt_${UUID}0`;
const B = `utt_${UUID}1`;
const SESSION = { id: `ses_${UUID}0`, creditsPerMinute: 1, idleTimeoutS: 120, whepUrl: 'http://localhost/whep', transparent: false };

function run(actions: readonly SessionAction[], from: SessionState = IDLE): SessionState {
  return actions.reduce(reduceSession, from);
}
function event(seq: number, type: SessionEventType, data: Record<string, unknown>): SessionAction {
  const envelope: SessionEvent = { seq, type, at: '2026-11-22T10:00:00.000Z', session_id: SESSION.id, data };
  return { type: 'event', event: envelope, atMs: 5000 };
}
const started = (seq: number, id: string) => event(seq, 'utterance.started', { utterance_id: id });
const ended = (seq: number, id: string, played_ms: number, interrupted = false) => event(seq, 'utterance.ended', { utterance_id: id, interrupted, played_ms });
const timed = (seq: number, id: string, ...words: [text: string, startMs: number][]) =>
  event(seq, 'utterance.timings', { utterance_id: id, source: 'voice', visemes: [], words: words.map(([text, start_ms]) => ({ text, start_ms, duration_ms: 100 })) });
const say = (key: string): SessionAction => ({ type: 'say', key, kind: 'text', label: `text of ${key}` });
const said = (key: string, utteranceId: string): SessionAction => ({ type: 'said', key, utteranceId });

const LIVE = run([
  { type: 'start', atMs: 1000 },
  { type: 'created', session: SESSION },
  { type: 'first_picture', atMs: 1400 },
]);
const statuses = (state: SessionState) => state.utterances.map((one) => one.status);

describe('phases', () => {
  it('goes live with the first picture and remembers how long that took', () => {
    expect(LIVE).toMatchObject({ phase: 'live', firstPictureMs: 400 });
  });
  it('ignores a picture where none is awaited', () => {
    expect(run([{ type: 'first_picture', atMs: 9000 }], LIVE)).toBe(LIVE);
    expect(run([{ type: 'first_picture', atMs: 9000 }])).toBe(IDLE);
  });
  it('tells a lost worker from a lost network and comes back from both', () => {
    const lost = run([{ type: 'media_stopped', cause: 'worker', atMs: 2000 }], LIVE);
    expect(lost.phase).toBe('reassigning');
    expect(run([{ type: 'media_stopped', cause: 'network', atMs: 2500 }], lost).phase).toBe('reconnecting');
    expect(run([{ type: 'media_resumed', atMs: 3000 }], lost).phase).toBe('live');
    expect(run([event(1, 'session.reassigned', { epoch: 2, gap_ms: 900 })], lost).phase).toBe('live');
  });
  it('keeps the first reason for its end', () => {
    const state = run([
      { type: 'ended', session: { end_reason: 'credits_exhausted', billed_seconds: 61.24, credits: 1.02 }, atMs: 63_000 },
      { type: 'ended', session: null, atMs: 64_000 },
    ], LIVE);
    expect(state.ending).toEqual({ reason: 'credits_exhausted', billedMs: 61_240, credits: 1.02 });
  });
  it('starts afresh after a failure', () => {
    const failed = run([say('1'), { type: 'failed', failure: NETWORK_FAILURE }], LIVE);
    expect(failed).toMatchObject({ phase: 'failed', stream: null });
    expect(statuses(failed)).toEqual(['interrupted']);
    expect(run([{ type: 'start', atMs: 1 }], failed)).toMatchObject({ phase: 'connecting', utterances: [], failure: null });
  });
});

describe('utterances', () => {
  it('go from sent to spoken', () => {
    let state = run([say('1')], LIVE);
    expect(statuses(state)).toEqual(['sending']);
    state = run([said('1', A)], state);
    expect(statuses(state)).toEqual(['queued']);
    state = run([started(1, A)], state);
    expect(statuses(state)).toEqual(['speaking']);
    state = run([ended(2, A, 2900)], state);
    expect(state.utterances[0]).toMatchObject({ status: 'done', playedMs: 2900 });
  });

  it('merge with events that overtake the answer to speak', () => {
    const state = run([say('1'), started(1, A), ended(2, A, 500), said('1', A)], LIVE);
    expect(state.utterances).toEqual([
      { key: '1', utteranceId: A, kind: 'text', label: 'text of 1', status: 'done', playedMs: 500, startedAtMs: 5000, words: [], problem: null },
    ]);
  });

  it('learn their words part by part, each once, without a line in the log', () => {
    const state = run([say('1'), started(1, A), timed(1, A, ['text', 10]), said('1', A), timed(1, A, ['text', 10], ['of', 200]), timed(1, A, ['1', 400])], LIVE);
    expect(state.utterances).toMatchObject([{ key: '1', label: 'text of 1', status: 'speaking', startedAtMs: 5000 }]);
    expect(state.utterances[0]!.words.map(({ text }) => text)).toEqual(['text', 'of', '1']);
    expect(state.events.length).toBe(1);
    expect(run([ended(2, A, 500)], state).utterances).toMatchObject([{ status: 'done' }]);
  });

  it('without words stay as they are', () => {
    const state = run([say('1'), said('1', A), started(1, A)], LIVE);
    expect(run([timed(1, A)], state)).toBe(state);
    expect(run([event(1, 'utterance.timings', { utterance_id: A, words: 'none' })], state)).toBe(state);
  });

  it('of another client appear without a text', () => {
    expect(run([started(1, B)], LIVE).utterances).toMatchObject([{ utteranceId: B, label: null, status: 'speaking' }]);
  });

  it('that were interrupted say how far they came; those that waited say that they never began', () => {
    const before = run([say('1'), said('1', A), say('2'), said('2', B), started(1, A)], LIVE);
    const answered = run([{ type: 'interrupted', utteranceIds: [A, B] }], before);
    expect(statuses(answered)).toEqual(['speaking', 'interrupted']);
    const state = run([ended(2, A, 1300, true), ended(3, B, 0, true)], answered);
    expect(state.utterances).toMatchObject([{ status: 'interrupted', playedMs: 1300 }, { status: 'interrupted', playedMs: 0 }]);
  });

  it('that were refused or failed say why', () => {
    const refused = run([say('1'), { type: 'refused', key: '1', problem: 'too long' }], LIVE);
    expect(refused.utterances[0]).toMatchObject({ status: 'failed', problem: 'too long' });
    const error = { code: 'undecodable_audio', detail: 'This is not a sound.' };
    const failed = run([say('1'), said('1', A), event(1, 'utterance.ended', { utterance_id: A, interrupted: false, played_ms: 0, error })], LIVE);
    expect(failed.utterances[0]).toMatchObject({ status: 'failed', problem: 'This is not a sound.' });
  });
});

describe('events', () => {
  it('count once, however often a resumed stream repeats them', () => {
    const once = run([started(1, A), ended(2, A, 100)], LIVE);
    expect(run([started(1, A), ended(2, A, 100)], once)).toBe(once);
    expect(once).toMatchObject({ lastSeq: 2 });
  });
  it('with data of another shape are shown but change nothing else', () => {
    const state = run([event(1, 'utterance.started', { nonsense: true })], LIVE);
    expect(state.events).toHaveLength(1);
    expect(state.utterances).toEqual([]);
  });
  it('warn of credits that run out', () => {
    const state = run([event(1, 'credits.low', { remaining_credits: 0.7, remaining_seconds: 42 })], LIVE);
    expect(state.creditsLow).toEqual({ remainingCredits: 0.7, remainingSeconds: 42 });
  });
});

describe('the meter', () => {
  it('runs from the first picture and stands while no media comes', () => {
    expect(meterMs(LIVE.meter, 11_400)).toBe(10_000);
    const stalled = run([{ type: 'media_stopped', cause: 'worker', atMs: 11_400 }], LIVE);
    expect(meterMs(stalled.meter, 60_000)).toBe(10_000);
    const resumed = run([{ type: 'media_resumed', atMs: 13_400 }], stalled);
    expect(meterMs(resumed.meter, 14_400)).toBe(11_000);
  });
  it('follows the API only where the two are far apart', () => {
    expect(run([{ type: 'billed', billedMs: 6_000, atMs: 11_400 }], LIVE)).toBe(LIVE);
    const corrected = run([{ type: 'billed', billedMs: 2_000, atMs: 11_400 }], LIVE);
    expect(meterMs(corrected.meter, 12_400)).toBe(3_000);
  });
});
