import { AudioLines, Ban, Check, Clock3, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { describeUtterance } from '../session/utterance-words.ts';
import type { Utterance, UtteranceStatus } from '../session/session-state.ts';
import { SpeakingBars } from './speaking-bars.tsx';
import { Spinner } from './spinner.tsx';

const ICONS: Record<UtteranceStatus, ReactNode> = {
  sending: <Spinner className="size-3.5" />,
  queued: <Clock3 className="size-3.5" strokeWidth={1.8} />,
  speaking: <SpeakingBars />,
  done: <Check className="size-3.5" strokeWidth={2} />,
  interrupted: <Ban className="size-3.5" strokeWidth={1.8} />,
  failed: <TriangleAlert className="size-3.5" strokeWidth={1.8} />,
};

const TONES: Record<UtteranceStatus, string> = {
  sending: 'text-faint',
  queued: 'text-faint',
  speaking: 'text-accent-ink',
  done: 'text-faint',
  interrupted: 'text-warn',
  failed: 'text-danger',
};

export function TranscriptLine({ utterance }: { readonly utterance: Utterance }) {
  const waiting = utterance.status === 'sending' || utterance.status === 'queued';
  return (
    <li className={`animate-appear rounded-lg px-2.5 py-2 ${utterance.status === 'speaking' ? 'bg-accent-soft' : ''}`}>
      <p className={`flex items-start gap-2 text-[14px] leading-snug break-words whitespace-pre-wrap ${waiting ? 'text-muted' : ''}`}>
        {utterance.kind === 'audio' && <AudioLines className="mt-0.5 size-4 shrink-0 text-muted" strokeWidth={1.8} aria-label="Sound" />}
        <span className="min-w-0">{utterance.label ?? <em className="text-muted">Said by another client of this session</em>}</span>
      </p>
      <p className={`tabular mt-1 flex items-center gap-1.5 text-[12px] ${TONES[utterance.status]}`}>
        <span aria-hidden="true" className="grid w-3.5 place-items-center">
          {ICONS[utterance.status]}
        </span>
        {describeUtterance(utterance)}
      </p>
    </li>
  );
}
