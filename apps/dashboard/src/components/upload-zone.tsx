import { Clapperboard } from 'lucide-react';
import { useId } from 'react';
import { WHAT_TO_FILM } from '../api/upload.ts';
import { FileInput } from './file-input.tsx';

/** Takes a clip or portrait, chosen or dropped, and says what to film. */
export function UploadZone({ dragging, onFiles }: { readonly dragging: boolean; readonly onFiles: (files: File[]) => void }) {
  const id = useId();
  return (
    <div>
      <FileInput id={id} onFiles={onFiles} />
      <label
        htmlFor={id}
        className={`flex flex-col gap-x-5 gap-y-3 rounded-2xl border border-dashed p-5 transition-colors peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent-ink sm:flex-row sm:items-center sm:p-6 ${dragging ? 'border-accent-ink bg-accent-soft' : 'border-line-strong bg-surface hover:border-faint'}`}
      >
        <span className={`grid size-11 shrink-0 place-items-center rounded-full ${dragging ? 'bg-accent text-on-accent' : 'bg-accent-soft text-accent-ink'}`}>
          <Clapperboard className="size-5" strokeWidth={1.7} aria-hidden="true" />
        </span>
        <span className="min-w-0 flex-1">
          <span className="block text-[15px] font-medium">{dragging ? 'Drop it here' : 'Drop a clip or a portrait here'}</span>
          <span className="mt-0.5 block max-w-2xl text-[13px] leading-relaxed text-muted">{WHAT_TO_FILM}</span>
        </span>
        <span className="inline-flex h-9 shrink-0 items-center self-start rounded-lg border border-line-strong bg-surface px-3.5 text-[13px] font-medium transition-colors hover:bg-hover sm:self-center">
          Choose a file
        </span>
      </label>
    </div>
  );
}
