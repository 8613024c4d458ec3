import { Play, RotateCcw } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { formatCost } from '../format/credits.ts';
import { formatClock } from '../format/time.ts';
import { describeEnd } from '../session/end-words.ts';
import type { Failure } from '../session/failure.ts';
import type { SessionState } from '../session/session-state.ts';
import { useNow } from '../session/use-now.ts';
import { Button } from './button.tsx';
import { Spinner } from './spinner.tsx';

const SLOW_AFTER_MS = 5000;

interface StageOverlayProps {
  readonly state: SessionState;
  readonly hasAvatar: boolean;
  /** What must be entered before a session can start. */
  readonly missing: string | null;
  readonly avatarsStatus: 'pending' | 'error' | 'success';
  readonly onStart: () => void;
  readonly onCancel: () => void;
}

/** What stands in front of the portrait while there is no live picture. */
export function StageOverlay({ state, hasAvatar, missing, avatarsStatus, onStart, onCancel }: StageOverlayProps) {
  switch (state.phase) {
    case 'idle':
      if (!hasAvatar) return <NoAvatar status={avatarsStatus} />;
      return (
        <div className="absolute inset-x-0 bottom-5 flex flex-col items-center gap-2.5 lg:bottom-7">
          {missing !== null && <p className="rounded-full bg-black/70 px-3 py-1 text-[13px] text-white">{missing}</p>}
          <StartButton label="Start" first disabled={missing !== null} icon={<Play className="size-4.5 fill-current" aria-hidden="true" />} onClick={onStart} />
        </div>
      );
    case 'connecting':
    case 'starting':
    case 'ending':
      return <Waiting state={state} onCancel={onCancel} />;
    case 'ended':
      return <Ended state={state} hasAvatar={hasAvatar} onStart={onStart} />;
    case 'failed':
      return state.failure === null ? null : <Failed failure={state.failure} hasAvatar={hasAvatar} onStart={onStart} />;
    case 'live':
    case 'reassigning':
    case 'reconnecting':
      return null;
  }
}

function Waiting({ state, onCancel }: { readonly state: SessionState; readonly onCancel: () => void }) {
  const nowMs = useNow(true, 1000);
  const slow = state.phase !== 'ending' && state.startedAtMs !== null && nowMs - state.startedAtMs > SLOW_AFTER_MS;
  const words = { connecting: 'Finding a worker…', starting: 'Opening the picture…', ending: 'Ending the session…' };
  return (
    <Centered dim>
      <Spinner className="size-7" />
      <p className="mt-3 text-[15px] font-medium">{words[state.phase as keyof typeof words]}</p>
      {slow && <p className="mt-1 max-w-xs text-[13px] text-white/75">This takes longer than usual. You are not billed before the picture is there.</p>}
      {state.phase !== 'ending' && (
        <Button look="quiet" className="mt-4 text-white/85 hover:bg-white/15 hover:text-white" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </Centered>
  );
}

function Ended({ state, hasAvatar, onStart }: { readonly state: SessionState; readonly hasAvatar: boolean; readonly onStart: () => void }) {
  const { ending } = state;
  if (ending === null) return null;
  const words = describeEnd(ending.reason);
  return (
    <Centered dim>
      <p className="text-[17px] font-semibold tracking-[-0.01em]">{words.title}</p>
      {words.advice !== null && <p className="mt-1.5 max-w-sm text-[13px] leading-relaxed text-white/80">{words.advice}</p>}
      <p className="tabular mt-2 text-[13px] text-white/80">
        {ending.billedMs === 0 ? 'Nothing was billed.' : `${formatClock(ending.billedMs)} live · ${formatCost(ending.credits)} credits`}
      </p>
      {hasAvatar && (
        <div className="mt-5">
          <StartButton label="Start again" icon={<RotateCcw className="size-4" aria-hidden="true" />} onClick={onStart} />
        </div>
      )}
    </Centered>
  );
}

function Failed({ failure, hasAvatar, onStart }: { readonly failure: Failure; readonly hasAvatar: boolean; readonly onStart: () => void }) {
  const [sinceMs] = useState(() => Date.now());
  const waiting = failure.retryAfterS !== null;
  const nowMs = useNow(waiting, 500);
  const secondsLeft = failure.retryAfterS === null ? 0 : Math.max(0, Math.ceil(failure.retryAfterS - (nowMs - sinceMs) / 1000));
  return (
    <Centered dim alert>
      <p className="text-[17px] font-semibold tracking-[-0.01em]">{failure.title}</p>
      <p className="mt-1.5 max-w-sm text-[13px] leading-relaxed text-white/80">{failure.advice}</p>
      {failure.requestId !== null && <p className="mt-2 font-mono text-[12px] text-white/65">Request {failure.requestId}</p>}
      {failure.retry && hasAvatar && (
        <div className="mt-5">
          <StartButton
            label={secondsLeft > 0 ? `Try again in ${secondsLeft} s` : 'Try again'}
            icon={<RotateCcw className="size-4" aria-hidden="true" />}
            disabled={secondsLeft > 0}
            onClick={onStart}
          />
        </div>
      )}
    </Centered>
  );
}

function NoAvatar({ status }: { readonly status: StageOverlayProps['avatarsStatus'] }) {
  if (status === 'error') return null;
  return status === 'pending' ? (
    <Centered>
      <Spinner className="size-6 text-white/70" />
    </Centered>
  ) : (
    <Centered>
      <p className="text-[15px] font-medium">No avatar yet</p>
      <p className="mt-1 max-w-xs text-[13px] text-white/75">Add a clip or a portrait of one face, looking at the camera, or wait for the stock avatars to be prepared.</p>
    </Centered>
  );
}

interface StartButtonProps {
  readonly label: string;
  readonly icon: ReactNode;
  /** The one of a fresh page, which takes no focus. */
  readonly first?: boolean;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function StartButton({ label, icon, first = false, disabled, onClick }: StartButtonProps) {
  // The button that was pressed has gone from the page; this one takes its place for the keyboard, too.
  const [node, setNode] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (!first && document.activeElement === document.body) node?.querySelector('button')?.focus({ preventScroll: true });
  }, [node, first]);
  return (
    <span ref={setNode} className="inline-flex">
      <Button look="primary" size="lg" icon={icon} disabled={disabled} onClick={onClick} className="shadow-pop disabled:opacity-100 disabled:grayscale-60">
        {label}
      </Button>
    </span>
  );
}

function Centered({ dim = false, alert = false, children }: { readonly dim?: boolean; readonly alert?: boolean; readonly children: ReactNode }) {
  return (
    <div role={alert ? 'alert' : undefined} className={`absolute inset-0 flex animate-appear flex-col items-center justify-center p-6 text-center text-white ${dim ? 'bg-black/70' : ''}`}>
      {children}
    </div>
  );
}
