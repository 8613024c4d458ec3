import { RadioGroup } from 'radix-ui';

interface SegmentedProps<T extends string> {
  /** Read aloud. */
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  readonly columns: 2 | 3;
  readonly disabled?: boolean;
  readonly onChange: (value: T) => void;
}

const COLUMNS = { 2: 'grid-cols-2', 3: 'grid-cols-3' };

/** One of a few, all in view. */
export function Segmented<T extends string>({ label, options, value, columns, disabled = false, onChange }: SegmentedProps<T>) {
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value}
      disabled={disabled}
      onValueChange={(next) => onChange(next as T)}
      className={`grid gap-1 rounded-lg bg-sunken p-1 ${COLUMNS[columns]}`}
    >
      {options.map((one) => (
        <RadioGroup.Item
          key={one.value}
          value={one.value}
          className="h-8 truncate rounded-md px-1.5 text-[13px] text-muted transition-colors enabled:hover:text-ink disabled:opacity-55 data-[state=checked]:bg-surface data-[state=checked]:font-medium data-[state=checked]:text-ink data-[state=checked]:shadow-card dark:data-[state=checked]:bg-hover"
        >
          {one.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
