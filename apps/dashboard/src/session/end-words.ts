import type { EndReason } from '@visavis/contracts';

interface EndWords {
  readonly title: string;
  readonly advice: string | null;
}

const WORDS: Record<EndReason | 'unknown', EndWords> = {
  client: { title: 'Session ended', advice: null },
  idle_timeout: { title: 'Ended after a quiet while', advice: 'Nobody watched or spoke for the time the session allows.' },
  max_duration: { title: 'The session reached its longest duration', advice: 'Start a new one to go on.' },
  credits_exhausted: { title: 'Your credits ran out', advice: 'Ask whoever runs this installation to add some to your account, then start again.' },
  worker_lost: { title: 'The worker was lost', advice: 'No other worker was free to take over. You pay only for what you saw.' },
  failed: { title: 'The session failed', advice: 'Something broke on the server. You pay only for what you saw.' },
  unknown: { title: 'Session ended', advice: 'The server did not confirm it. If it still runs, it ends by itself.' },
};

/** Why a session is over, for the person who watched it. */
export function describeEnd(reason: EndReason | 'unknown'): EndWords {
  return WORDS[reason];
}
