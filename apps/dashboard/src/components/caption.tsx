import type { Utterance } from '../session/session-state.ts';

/** What is being said, over the picture. Long texts are cut: the transcript has them whole. */
export function Caption({ utterances }: { readonly utterances: readonly Utterance[] }) {
  const speaking = utterances.find((one) => one.status === 'speaking');
  if (speaking === undefined || speaking.label === null || speaking.kind === 'audio') return null;
  return (
    <div className="pointer-events-none absolute inset-x-4 bottom-4 flex justify-center">
      <p className="line-clamp-2 max-w-xl animate-appear rounded-lg bg-black/70 px-3 py-1.5 text-center text-[15px] leading-snug text-balance text-white">{speaking.label}</p>
    </div>
  );
}
