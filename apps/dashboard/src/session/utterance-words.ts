import { formatLength } from '../format/time.ts';
import type { Utterance } from './session-state.ts';

/** How far an utterance came, in a few words. */
export function describeUtterance({ status, playedMs, problem }: Pick<Utterance, 'status' | 'playedMs' | 'problem'>): string {
  switch (status) {
    case 'sending':
      return 'Sending';
    case 'queued':
      return 'Queued';
    case 'speaking':
      return 'Speaking';
    case 'done':
      return playedMs === null ? 'Spoken' : `Spoken, ${formatLength(playedMs)}`;
    case 'interrupted':
      if (playedMs === null) return 'Interrupted';
      return playedMs === 0 ? 'Interrupted before it began' : `Interrupted after ${formatLength(playedMs)}`;
    case 'failed':
      return problem ?? 'Could not be spoken';
  }
}
