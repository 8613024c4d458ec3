import { ImagePlus } from 'lucide-react';
import { useId } from 'react';
import { FileInput } from './file-input.tsx';

interface UploadButtonProps {
  readonly dragging: boolean;
  readonly disabled: boolean;
  readonly onFiles: (files: File[]) => void;
}

/** The first card: makes a new avatar from a clip or portrait, chosen or dropped. */
export function UploadButton({ dragging, disabled, onFiles }: UploadButtonProps) {
  const id = useId();
  return (
    <div className="lg:col-span-2">
      <FileInput id={id} disabled={disabled} onFiles={onFiles} />
      <label
        htmlFor={id}
        className={`flex h-full min-h-[92px] flex-col items-center justify-center gap-1 rounded-xl border border-dashed px-2 py-3 text-center transition-colors peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent-ink peer-disabled:pointer-events-none lg:py-4 ${dragging ? 'border-accent-ink bg-accent-soft text-accent-ink' : 'border-line-strong text-muted hover:border-faint hover:bg-surface hover:text-ink'}`}
      >
        <ImagePlus className="mb-0.5 size-5" strokeWidth={1.6} aria-hidden="true" />
        <span className="text-[13px] leading-tight font-medium">{dragging ? 'Drop it here' : 'Add a clip or portrait'}</span>
        <span className="text-[12px] leading-snug text-faint max-lg:hidden">{disabled ? 'End the session to change' : 'One face, looking at the camera'}</span>
      </label>
    </div>
  );
}
