import { MessageSquareText } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { costOf, formatCost, formatRate } from '../format/credits.ts';
import { formatClock, formatLength } from '../format/time.ts';
import { meterMs, type SessionState } from '../session/session-state.ts';
import { useNow } from '../session/use-now.ts';
import { Notice } from './notice.tsx';
import { PhaseAnnouncer } from './phase-announcer.tsx';
import { TranscriptLine } from './transcript-line.tsx';

/** What this session has cost and said so far. */
export function Conversation({ state, creditsPerMinute }: { readonly state: SessionState; readonly creditsPerMinute: number | null }) {
  const nowMs = useNow(state.meter.runningSinceMs !== null, 250);
  const elapsedMs = state.phase === 'ended' && state.ending !== null ? state.ending.billedMs : meterMs(state.meter, nowMs);
  const credits = state.phase === 'ended' && state.ending !== null ? state.ending.credits : costOf(elapsedMs, creditsPerMinute ?? 0);
  return (
    <section aria-label="Session" className="flex min-w-0 flex-1 flex-col">
      <div className="card flex min-h-64 flex-1 flex-col overflow-hidden xl:max-h-[calc(100dvh-27rem)]">
        <dl className="grid grid-cols-3 divide-x divide-line border-b border-line">
          <Figure label="Time">{formatClock(elapsedMs)}</Figure>
          <Figure label="Credits used">{formatCost(credits)}</Figure>
          <Figure label="Per minute">{creditsPerMinute === null ? '–' : formatRate(creditsPerMinute)}</Figure>
        </dl>
        {state.creditsLow !== null && state.phase !== 'ended' && (
          <div className="p-3 pb-0">
            <Notice tone="warn">
              {formatCost(state.creditsLow.remainingCredits)} credits are left, enough for about {formatLength(state.creditsLow.remainingSeconds * 1000)}. The session ends when they
              are used up.
            </Notice>
          </div>
        )}
        <Transcript state={state} />
        <PhaseAnnouncer state={state} />
      </div>
    </section>
  );
}

function Figure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="px-3.5 py-3">
      <dt className="text-[12px] text-faint">{label}</dt>
      <dd className="tabular mt-0.5 text-[17px] font-medium tracking-[-0.01em]">{children}</dd>
    </div>
  );
}

function Transcript({ state }: { readonly state: SessionState }) {
  const listRef = useRef<HTMLOListElement>(null);
  const count = state.utterances.length;
  useEffect(() => {
    const list = listRef.current;
    if (list !== null) list.scrollTop = list.scrollHeight;
  }, [count]);
  if (count === 0) {
    return (
      <div className="grid flex-1 place-items-center p-6 text-center text-faint">
        <div className="max-w-60">
          <MessageSquareText className="mx-auto mb-2 size-5" strokeWidth={1.5} aria-hidden="true" />
          <p className="text-[13px]">What the avatar is told to say appears here, with when it was spoken and how far it came.</p>
        </div>
      </div>
    );
  }
  return (
    <ol ref={listRef} tabIndex={0} aria-label="Transcript" className="flex-1 overflow-y-auto p-2 -outline-offset-2 max-xl:max-h-96">
      {state.utterances.map((utterance) => (
        <TranscriptLine key={utterance.key} utterance={utterance} />
      ))}
    </ol>
  );
}
