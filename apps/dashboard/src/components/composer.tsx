import { MAX_SPEECH_TEXT, parseSpeechMarks, SpeechMarkError } from '@visavis/contracts';
import { CornerDownLeft, Square } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { AvatarSession } from '../session/avatar-session.ts';
import { toSentence } from '../session/failure.ts';
import { canSpeak, isPending, type SessionState } from '../session/session-state.ts';
import { Button } from './button.tsx';
import { insertMark } from './insert-mark.ts';
import { MarkMenu, type Mark } from './mark-menu.tsx';
import { Notice } from './notice.tsx';
import { SoundInput } from './sound-input.tsx';

const SUGGESTIONS = [
  { title: 'A welcome', text: 'Welcome! I’m glad you came by.' },
  { title: 'A tongue twister', text: 'Peter Piper picked a peck of pickled peppers.' },
  {
    title: 'With feeling',
    text: '<expression name="happy">Good news, <emphasis>everyone</emphasis>!</expression> <break time="400ms"/>It <gesture name="nod"/>works. <expression name="surprised" strength="0.9">Who would have thought?</expression>',
  },
  { title: 'Times and numbers', text: 'It’s 7:45, and 3 of 12 seats are still free.' },
  {
    title: 'Something to interrupt',
    text: 'I can stop in the middle of a sentence, whenever you like, so go ahead and interrupt me while I ramble on about nothing in particular.',
  },
];
const COUNT_FROM = MAX_SPEECH_TEXT - 500;

/** Where one types what the avatar says. */
export function Composer({ state, session, voiceId }: { readonly state: SessionState; readonly session: AvatarSession; readonly voiceId: string | null }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const inputRef = useRef<HTMLTextAreaElement>(null);
  const ready = canSpeak(state.phase);
  const busy = state.utterances.some(isPending);
  const trimmed = text.trim();
  const tooLong = text.length > MAX_SPEECH_TEXT;
  const badMark = markProblem(trimmed);
  const sayable = ready && trimmed !== '' && !tooLong && badMark === null;

  useEffect(() => {
    if (state.phase === 'live' && window.matchMedia('(pointer: fine)').matches) inputRef.current?.focus({ preventScroll: true });
  }, [state.phase]);

  function say(what: string): void {
    setProblem(null);
    void session.sayText(what, voiceId);
  }
  function submit(): void {
    if (!sayable) return;
    say(trimmed);
    setText('');
  }
  function stop(): void {
    setProblem(null);
    session.interrupt().catch((error: unknown) => setProblem(toSentence(error)));
  }
  function mark({ open, close }: Mark): void {
    const input = inputRef.current;
    if (input === null) return;
    const marked = insertMark({ text, from: input.selectionStart, to: input.selectionEnd }, open, close);
    setText(marked.text);
    // Once the text is in the page.
    requestAnimationFrame(() => {
      input.focus();
      input.setSelectionRange(marked.from, marked.to);
    });
  }
  function onKeyDown(event: KeyboardEvent): void {
    // An input method composing a character uses Enter for itself.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape' && busy) stop();
  }

  return (
    <section aria-label="Make it speak" className="flex flex-col gap-3">
      <div className="card focus-within:border-accent-ink focus-within:ring-3 focus-within:ring-accent/15">
        <label htmlFor="say" className="sr-only">
          What the avatar says
        </label>
        <textarea
          id="say"
          ref={inputRef}
          value={text}
          rows={2}
          disabled={!ready}
          enterKeyHint="send"
          aria-describedby="say-help"
          placeholder={ready ? 'Type something and press Enter' : 'Start the session, then type what the avatar says'}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          className="block field-sizing-content max-h-48 min-h-16 w-full resize-none bg-transparent px-3.5 pt-3 text-[16px] leading-snug outline-none placeholder:text-faint disabled:cursor-not-allowed sm:text-[15px]"
        />
        <div className="flex items-center gap-1 p-2">
          <SoundInput disabled={!ready} session={session} onProblem={setProblem} />
          <MarkMenu disabled={!ready} onMark={mark} />
          <p id="say-help" className={`tabular flex-1 truncate px-1 text-[12px] ${tooLong ? 'text-danger' : 'text-faint'}`}>
            {text.length > COUNT_FROM ? (
              `${text.length.toLocaleString('en-US')} of ${MAX_SPEECH_TEXT.toLocaleString('en-US')} characters`
            ) : (
              <span className="max-sm:hidden">Shift+Enter for a new line · Esc interrupts</span>
            )}
          </p>
          <Button disabled={!ready || !busy} icon={<Square className="size-3 fill-current" aria-hidden="true" />} onClick={stop}>
            Interrupt
          </Button>
          <Button look="primary" className="ml-1" disabled={!sayable} icon={<CornerDownLeft className="size-4" aria-hidden="true" />} onClick={submit}>
            Speak
          </Button>
        </div>
      </div>
      {badMark !== null && <Notice tone="warn">{badMark}</Notice>}
      {problem !== null && <Notice tone="danger">{problem}</Notice>}
      <ul aria-label="Suggestions" className="flex flex-wrap gap-2 max-lg:-mx-4 max-lg:flex-nowrap max-lg:overflow-x-auto max-lg:px-4 max-lg:pb-1">
        {SUGGESTIONS.map((one) => (
          <li key={one.title} className="shrink-0">
            <button
              type="button"
              disabled={!ready}
              title={one.text}
              onClick={() => say(one.text)}
              className="block h-8 rounded-full border border-line bg-surface px-3 text-[13px] text-muted transition-colors enabled:hover:border-line-strong enabled:hover:text-ink disabled:opacity-55"
            >
              {one.title}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function markProblem(text: string): string | null {
  try {
    parseSpeechMarks(text);
    return null;
  } catch (error) {
    return error instanceof SpeechMarkError ? `The text ${error.message}.` : null;
  }
}
