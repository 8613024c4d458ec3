import type { AttentionState, Expression, Gesture } from '@visavis/contracts';
import { ArrowLeftRight, ArrowUpDown, ChevronsUp, EyeClosed, RotateCw, type LucideIcon } from 'lucide-react';
import { Slider } from 'radix-ui';
import { useState } from 'react';
import type { AvatarSession } from '../session/avatar-session.ts';
import { toSentence } from '../session/failure.ts';
import { canSpeak, type SessionState } from '../session/session-state.ts';
import { Notice } from './notice.tsx';
import { Segmented } from './segmented.tsx';

const EXPRESSIONS: readonly { value: Expression; label: string }[] = [
  { value: 'neutral', label: 'Neutral' },
  { value: 'happy', label: 'Happy' },
  { value: 'serious', label: 'Serious' },
  { value: 'surprised', label: 'Surprised' },
  { value: 'sad', label: 'Sad' },
  { value: 'angry', label: 'Angry' },
];
const GESTURES: readonly { value: Gesture; label: string; icon: LucideIcon }[] = [
  { value: 'nod', label: 'Nod', icon: ArrowUpDown },
  { value: 'shake', label: 'Shake', icon: ArrowLeftRight },
  { value: 'brow_raise', label: 'Brows', icon: ChevronsUp },
  { value: 'wink', label: 'Wink', icon: EyeClosed },
  { value: 'tilt', label: 'Tilt', icon: RotateCw },
];
const STATES: readonly { value: AttentionState; label: string }[] = [
  { value: 'idle', label: 'Idle' },
  { value: 'listening', label: 'Listening' },
  { value: 'thinking', label: 'Thinking' },
];

/** How the face looks, beside what it says: at rest again with every session. */
export function FacePanel({ state, session }: { readonly state: SessionState; readonly session: AvatarSession }) {
  return <FaceControls key={state.session?.id ?? 'none'} ready={canSpeak(state.phase)} session={session} />;
}

function FaceControls({ ready, session }: { readonly ready: boolean; readonly session: AvatarSession }) {
  const [expression, setExpression] = useState<Expression>('neutral');
  const [strength, setStrength] = useState(80);
  const [attention, setAttention] = useState<AttentionState>('idle');
  const [problem, setProblem] = useState<string | null>(null);

  function tell(request: Promise<void>): void {
    setProblem(null);
    request.catch((error: unknown) => setProblem(toSentence(error)));
  }
  function express(next: Expression, percent: number): void {
    setExpression(next);
    tell(session.express({ expression: next, strength: percent / 100 }));
  }

  return (
    <section aria-label="Face" className="card flex flex-col gap-3 p-3">
      <Segmented label="Expression" options={EXPRESSIONS} value={expression} columns={3} disabled={!ready} onChange={(next) => express(next, strength)} />
      <Strength value={strength} disabled={!ready || expression === 'neutral'} onChange={setStrength} onCommit={(percent) => express(expression, percent)} />
      <div role="group" aria-label="Gestures" className="grid grid-cols-5 gap-1">
        {GESTURES.map(({ value, label, icon: Icon }) => (
          <button
            key={value}
            type="button"
            disabled={!ready}
            onClick={() => tell(session.gesture(value))}
            className="flex h-13 flex-col items-center justify-center gap-1 rounded-lg text-[12px] text-muted transition-colors enabled:hover:bg-hover enabled:hover:text-ink enabled:active:bg-accent-soft disabled:opacity-55"
          >
            <Icon className="size-4" strokeWidth={1.8} aria-hidden="true" />
            {label}
          </button>
        ))}
      </div>
      <Segmented
        label="What it is doing"
        options={STATES}
        value={attention}
        columns={3}
        disabled={!ready}
        onChange={(next) => {
          setAttention(next);
          tell(session.attend(next));
        }}
      />
      {problem !== null && <Notice tone="danger">{problem}</Notice>}
    </section>
  );
}

interface StrengthProps {
  readonly value: number;
  readonly disabled: boolean;
  readonly onChange: (percent: number) => void;
  readonly onCommit: (percent: number) => void;
}

function Strength({ value, disabled, onChange, onCommit }: StrengthProps) {
  return (
    <div className={`flex items-center gap-3 px-1 text-[13px] ${disabled ? 'opacity-55' : ''}`}>
      <span className="text-muted">Strength</span>
      <Slider.Root
        value={[value]}
        min={10}
        max={100}
        step={10}
        disabled={disabled}
        onValueChange={([percent]) => onChange(percent ?? value)}
        onValueCommit={([percent]) => onCommit(percent ?? value)}
        className="relative flex h-6 flex-1 touch-none items-center select-none"
      >
        <Slider.Track className="relative h-1 w-full rounded-full bg-line-strong">
          <Slider.Range className="absolute h-full rounded-full bg-accent-ink" />
        </Slider.Track>
        <Slider.Thumb aria-label="Strength of the expression, in percent" className="block size-4 rounded-full border-2 border-accent-ink bg-surface" />
      </Slider.Root>
      <span className="tabular w-10 text-right text-muted">{value} %</span>
    </div>
  );
}
