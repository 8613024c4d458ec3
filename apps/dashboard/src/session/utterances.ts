import type { TimedWord } from '@visavis/contracts';
import { isPending, type Utterance, type UtteranceStatus } from './session-state.ts';

type Utterances = readonly Utterance[];

const UNHEARD = { playedMs: null, startedAtMs: null, words: [], problem: null } as const;

export function addUtterance(all: Utterances, input: { key: string; kind: 'text' | 'audio'; label: string }): Utterances {
  return [...all, { key: input.key, kind: input.kind, label: input.label, utteranceId: null, status: 'sending', ...UNHEARD }];
}

/** The API took it. Its events may have come first: then what they said is merged into the line that was typed. */
export function acceptUtterance(all: Utterances, key: string, utteranceId: string): Utterances {
  const fromEvents = all.find((one) => one.utteranceId === utteranceId && one.key !== key);
  return all
    .filter((one) => one !== fromEvents)
    .map((one) => {
      if (one.key !== key) return one;
      if (fromEvents !== undefined) return { ...fromEvents, key: one.key, kind: one.kind, label: one.label };
      return { ...one, utteranceId, status: one.status === 'sending' ? ('queued' as const) : one.status };
    });
}

export function refuseUtterance(all: Utterances, key: string, problem: string): Utterances {
  return all.map((one) => (one.key === key ? { ...one, status: 'failed' as const, problem } : one));
}

/** What was waiting and will not be said. What was being spoken keeps its state until its own event tells how far it came. */
export function markInterrupted(all: Utterances, utteranceIds: readonly string[]): Utterances {
  return all.map((one) =>
    one.utteranceId !== null && utteranceIds.includes(one.utteranceId) && one.status === 'queued'
      ? { ...one, status: 'interrupted' as const, playedMs: 0 }
      : one,
  );
}

export function startUtterance(all: Utterances, utteranceId: string, atMs: number): Utterances {
  return update(all, utteranceId, (one) => (isPending(one) ? { ...one, status: 'speaking', startedAtMs: one.startedAtMs ?? atMs } : one));
}

/** A part of the words. What a resumed stream repeats is known already. */
export function timeUtterance(all: Utterances, utteranceId: string, words: readonly TimedWord[]): Utterances {
  return update(all, utteranceId, (one) => {
    const lastMs = one.words.at(-1)?.start_ms ?? -1;
    const news = words.filter(({ start_ms }) => start_ms > lastMs);
    return news.length === 0 ? one : { ...one, words: [...one.words, ...news] };
  });
}

export function finishUtterance(
  all: Utterances,
  ended: { utterance_id: string; interrupted: boolean; played_ms: number; error?: { detail: string } | undefined },
): Utterances {
  const status: UtteranceStatus = ended.error !== undefined ? 'failed' : ended.interrupted ? 'interrupted' : 'done';
  return update(all, ended.utterance_id, (one) => ({ ...one, status, playedMs: ended.played_ms, problem: ended.error?.detail ?? null }));
}

function update(all: Utterances, utteranceId: string, change: (one: Utterance) => Utterance): Utterances {
  if (all.some((one) => one.utteranceId === utteranceId)) {
    return all.map((one) => (one.utteranceId === utteranceId ? change(one) : one));
  }
  // Said by another client of this session, or by us a moment before the answer to speak arrives.
  const unknown: Utterance = { key: utteranceId, utteranceId, kind: 'text', label: null, status: 'queued', ...UNHEARD };
  return [...all, change(unknown)];
}
