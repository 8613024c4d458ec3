import { useId, type InputHTMLAttributes } from 'react';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly error?: string | null;
}

/** A labelled input whose error is tied to it. */
export function Field({ label, error = null, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-[13px] font-medium">
        {label}
      </label>
      <input
        {...input}
        id={id}
        aria-invalid={error !== null || undefined}
        aria-describedby={error === null ? undefined : `${id}-error`}
        className={`h-10 rounded-lg border bg-surface px-3 text-[15px] outline-none placeholder:text-faint focus:border-accent-ink focus:ring-3 focus:ring-accent/15 ${error === null ? 'border-line-strong' : 'border-danger'}`}
      />
      {error !== null && (
        <p id={`${id}-error`} className="text-[13px] text-danger">
          {error}
        </p>
      )}
    </div>
  );
}
