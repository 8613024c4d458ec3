import type { Background } from '@visavis/contracts';
import { ChevronsUpDown, Image } from 'lucide-react';
import { Popover, RadioGroup } from 'radix-ui';
import { useId } from 'react';

type BackgroundType = Background['type'];

/** What is chosen, and what was entered for the other kinds, so that trying one doesn't lose another. */
export interface BackgroundDraft {
  readonly type: BackgroundType;
  readonly color: string;
  readonly imageUrl: string;
  readonly blur: number;
}

export const KEPT_BACKGROUND: BackgroundDraft = { type: 'keep', color: '#1f3a5f', imageUrl: '', blur: 0.5 };

const KINDS: readonly { type: BackgroundType; label: string; about: string }[] = [
  { type: 'keep', label: 'As it is', about: 'What the picture or clip has' },
  { type: 'blur', label: 'Blurred', about: 'The same, out of focus' },
  { type: 'color', label: 'Colour', about: 'One colour of yours' },
  { type: 'image', label: 'Picture', about: 'From an address on the web' },
  { type: 'green', label: 'Green', about: 'For keying in a video editor' },
  { type: 'transparent', label: 'Transparent', about: 'The page shows behind the avatar' },
];

/** The draft as the API takes it, or null while something is missing. */
export function backgroundOf({ type, color, imageUrl, blur }: BackgroundDraft): Background | null {
  switch (type) {
    case 'color':
      return { type, color };
    case 'blur':
      return { type, strength: blur };
    case 'image':
      return /^https?:\/\/[^\s/]+/.test(imageUrl.trim()) ? { type, image_url: imageUrl.trim() } : null;
    default:
      return { type };
  }
}

interface BackgroundChoiceProps {
  readonly value: BackgroundDraft;
  /** A session keeps the one it was started with. */
  readonly locked: boolean;
  readonly onChange: (draft: BackgroundDraft) => void;
}

/** What is behind the avatar in the next session. */
export function BackgroundChoice({ value, locked, onChange }: BackgroundChoiceProps) {
  const chosen = KINDS.find(({ type }) => type === value.type)!;
  return (
    <Popover.Root>
      <Popover.Trigger
        disabled={locked}
        title={locked ? 'A session keeps the background it was started with' : undefined}
        className="flex h-9 min-w-0 items-center gap-2 rounded-lg px-2.5 text-[13px] transition-colors enabled:hover:bg-hover disabled:cursor-not-allowed max-sm:disabled:hidden data-[state=open]:bg-hover"
      >
        <Image className="size-4 shrink-0 text-faint sm:hidden" strokeWidth={1.8} aria-hidden="true" />
        <span className="text-faint max-sm:sr-only">Background</span>
        <span className="truncate font-medium">{chosen.label}</span>
        {!locked && <ChevronsUpDown className="size-3.5 shrink-0 text-faint" aria-hidden="true" />}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content align="start" side="top" sideOffset={6} collisionPadding={12} className="z-50 w-72 animate-appear rounded-xl border border-line bg-surface p-1.5 shadow-pop">
          <RadioGroup.Root aria-label="Background" value={value.type} onValueChange={(type) => onChange({ ...value, type: type as BackgroundType })}>
            {KINDS.map((kind) => (
              <div key={kind.type}>
                <RadioGroup.Item value={kind.type} className="group flex w-full items-center gap-3 rounded-lg px-2.5 py-2 text-left transition-colors hover:bg-hover">
                  <span className="grid size-4 shrink-0 place-items-center rounded-full border border-line-strong group-data-[state=checked]:border-accent-ink" aria-hidden="true">
                    <RadioGroup.Indicator className="size-2 rounded-full bg-accent-ink" />
                  </span>
                  <span className="min-w-0">
                    <span className="block text-[13px] font-medium">{kind.label}</span>
                    <span className="block truncate text-[12px] text-faint">{kind.about}</span>
                  </span>
                </RadioGroup.Item>
                {kind.type === value.type && <Details value={value} onChange={onChange} />}
              </div>
            ))}
          </RadioGroup.Root>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Details({ value, onChange }: Pick<BackgroundChoiceProps, 'value' | 'onChange'>) {
  const id = useId();
  if (value.type === 'color') {
    return (
      <div className="flex items-center gap-3 px-2.5 pb-2 pl-9.5">
        <label htmlFor={id} className="sr-only">
          Colour
        </label>
        <input id={id} type="color" value={value.color} onChange={(event) => onChange({ ...value, color: event.target.value })} className="h-8 w-14 cursor-pointer rounded-md border border-line-strong bg-surface p-1" />
        <span className="font-mono text-[12px] text-muted">{value.color}</span>
      </div>
    );
  }
  if (value.type === 'image') {
    return (
      <div className="px-2.5 pb-2 pl-9.5">
        <label htmlFor={id} className="sr-only">
          Address of the picture
        </label>
        <input
          id={id}
          type="url"
          placeholder="https://…/office.jpg"
          value={value.imageUrl}
          onChange={(event) => onChange({ ...value, imageUrl: event.target.value })}
          className="h-8 w-full rounded-md border border-line-strong bg-surface px-2 text-[13px] outline-none placeholder:text-faint focus:border-accent-ink"
        />
      </div>
    );
  }
  if (value.type === 'blur') {
    return (
      <div className="px-2.5 pb-2 pl-9.5">
        <label htmlFor={id} className="sr-only">
          How much
        </label>
        <input
          id={id}
          type="range"
          min={0.1}
          max={1}
          step={0.1}
          value={value.blur}
          onChange={(event) => onChange({ ...value, blur: Number(event.target.value) })}
          className="w-full accent-accent"
        />
      </div>
    );
  }
  return null;
}
