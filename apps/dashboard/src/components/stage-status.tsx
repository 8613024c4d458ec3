import { Volume2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatClock } from '../format/time.ts';
import { canSpeak, meterMs, type SessionState } from '../session/session-state.ts';
import { useNow } from '../session/use-now.ts';
import { Button } from './button.tsx';
import { SpeakingBars } from './speaking-bars.tsx';
import { Spinner } from './spinner.tsx';

interface StageStatusProps {
  readonly state: SessionState;
  readonly blocked: boolean;
  readonly onUnblock: () => void;
  readonly secondsUntilAbsent: number | null;
  readonly onPresent: () => void;
}

/** What lies over the running picture: that it is live, what interrupts it, what needs a touch. */
export function StageStatus({ state, blocked, onUnblock, secondsUntilAbsent, onPresent }: StageStatusProps) {
  const running = canSpeak(state.phase);
  const nowMs = useNow(state.meter.runningSinceMs !== null, 250);
  const speaking = state.utterances.some((one) => one.status === 'speaking');
  if (!running) return null;
  return (
    <>
      <div className="absolute top-3 left-3 flex items-center gap-2 lg:top-4 lg:left-4">
        <Badge>
          <span className={`size-2 rounded-full ${state.phase === 'live' ? 'bg-[oklch(0.76_0.19_150)]' : 'bg-[oklch(0.82_0.14_80)]'}`} aria-hidden="true" />
          <span className="font-medium">Live</span>
          <span className="tabular text-white/80">{formatClock(meterMs(state.meter, nowMs))}</span>
        </Badge>
        {speaking && (
          <Badge>
            <SpeakingBars /> Speaking
          </Badge>
        )}
      </div>
      {state.phase !== 'live' && (
        <div className="absolute inset-x-4 top-13 flex justify-center lg:top-4">
          <Badge>
            <Spinner />
            {state.phase === 'reassigning' ? 'A worker was lost. Moving to another one…' : 'The picture stopped. Reconnecting…'}
          </Badge>
        </div>
      )}
      {blocked && (
        <div className="absolute inset-0 grid place-items-center">
          <Button look="primary" size="lg" icon={<Volume2 className="size-5" aria-hidden="true" />} onClick={onUnblock}>
            Tap to unmute
          </Button>
        </div>
      )}
      {secondsUntilAbsent !== null && (
        <div role="alertdialog" aria-label="Still there?" className="absolute inset-x-4 bottom-4 mx-auto flex max-w-md animate-appear items-center justify-between gap-4 rounded-xl bg-black/80 p-3 pl-4 text-white">
          <p className="text-[13px]">
            <span className="font-medium">Still there?</span> To save your credits the session ends in <span className="tabular">{secondsUntilAbsent} s</span>.
          </p>
          <Button look="primary" onClick={onPresent}>
            I’m here
          </Button>
        </div>
      )}
    </>
  );
}

function Badge({ children }: { readonly children: ReactNode }) {
  return <span className="inline-flex h-7 items-center gap-2 rounded-full bg-black/65 px-3 text-[12px] text-white">{children}</span>;
}
