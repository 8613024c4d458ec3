import { captionAt, type CaptionPart } from '../session/spoken-words.ts';
import type { Utterance } from '../session/session-state.ts';
import { useNow } from '../session/use-now.ts';

const REDRAW_MS = 50;
const LOOKS: Record<CaptionPart['state'], string> = {
  said: 'text-white',
  now: 'rounded-[2px] bg-white/20 text-white shadow-[0_0_0_1.5px_rgb(255_255_255/0.2)]',
  next: 'text-white/60',
};

/** What is being said, over the picture, word by word where that is known. Long texts are cut: the transcript has them whole. */
export function Caption({ utterances }: { readonly utterances: readonly Utterance[] }) {
  const speaking = utterances.find((one) => one.status === 'speaking');
  const timed = speaking !== undefined && speaking.words.length > 0;
  const nowMs = useNow(timed, REDRAW_MS);
  if (speaking === undefined || speaking.kind === 'audio') return null;
  const parts = timed && speaking.startedAtMs !== null ? captionAt(speaking.label, speaking.words, nowMs - speaking.startedAtMs) : null;
  if (parts === null && speaking.label === null) return null;
  return (
    <div className="pointer-events-none absolute inset-x-4 bottom-4 flex justify-center">
      <p className="line-clamp-2 max-w-xl animate-appear rounded-lg bg-black/70 px-3 py-1.5 text-center text-[15px] leading-snug text-balance text-white">
        {parts === null ? speaking.label : parts.map(({ text, state }) => <span key={state} className={`transition-colors duration-100 ${LOOKS[state]}`}>{text}</span>)}
      </p>
    </div>
  );
}
