import { CircleAlert } from 'lucide-react';
import { useId } from 'react';
import { UPLOAD_ACCEPT } from '../api/upload.ts';
import { Button } from './button.tsx';

interface FailedCardProps {
  readonly name: string;
  readonly reason: string;
  readonly onRetry: (files: File[]) => void;
  readonly onRemove: () => void;
}

/** A portrait or clip that cannot become an avatar: why, and the two things that one can do. */
export function FailedCard({ name, reason, onRetry, onRemove }: FailedCardProps) {
  const id = useId();
  return (
    <div role="alert" className="animate-appear rounded-xl bg-danger-soft p-3">
      <p className="flex items-center gap-2 text-[13px] font-medium text-danger">
        <CircleAlert className="size-4 shrink-0" aria-hidden="true" />
        <span className="truncate" title={name}>
          {name}
        </span>
      </p>
      <p className="mt-1 text-[13px] leading-snug break-words">{reason}</p>
      <div className="mt-2.5 flex flex-wrap items-center gap-2">
        <input
          id={id}
          type="file"
          accept={UPLOAD_ACCEPT}
          className="peer sr-only"
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            if (files.length > 0) onRetry(files);
          }}
        />
        <label
          htmlFor={id}
          className="inline-flex h-8 items-center rounded-lg border border-line-strong bg-surface px-2.5 text-[13px] font-medium transition-colors peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent-ink hover:bg-hover"
        >
          Try another
        </label>
        <Button look="quiet" size="sm" onClick={onRemove}>
          Remove
        </Button>
      </div>
    </div>
  );
}
