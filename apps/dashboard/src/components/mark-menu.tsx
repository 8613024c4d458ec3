import { WandSparkles } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';

export interface Mark {
  readonly label: string;
  readonly open: string;
  readonly close?: string;
}

const PAUSES: readonly Mark[] = [
  { label: 'Half a second', open: '<break time="500ms"/>' },
  { label: 'A second', open: '<break time="1s"/>' },
];
const EXPRESSIONS: readonly Mark[] = ['happy', 'serious', 'surprised', 'sad', 'angry'].map((name) => ({
  label: name.charAt(0).toUpperCase() + name.slice(1),
  open: `<expression name="${name}" strength="0.8">`,
  close: '</expression>',
}));
const GESTURES: readonly Mark[] = (
  [
    ['Nod', 'nod'],
    ['Shake', 'shake'],
    ['Raise the brows', 'brow_raise'],
    ['Wink', 'wink'],
    ['Tilt', 'tilt'],
  ] as const
).map(([label, name]) => ({ label, open: `<gesture name="${name}"/>` }));

/** Marks for the text: what to do at which word. */
export function MarkMenu({ disabled, onMark }: { readonly disabled: boolean; readonly onMark: (mark: Mark) => void }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        disabled={disabled}
        title="Pauses, emphasis, expressions and gestures within the text"
        className="inline-flex h-9 shrink-0 items-center gap-2 rounded-lg px-2.5 text-[13px] font-medium text-muted transition-colors enabled:hover:bg-hover enabled:hover:text-ink disabled:opacity-40 data-[state=open]:bg-hover data-[state=open]:text-ink"
      >
        <WandSparkles className="size-4" strokeWidth={1.8} aria-hidden="true" />
        <span className="max-sm:sr-only">Marks</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          side="top"
          sideOffset={6}
          collisionPadding={12}
          // The text takes the focus, where the mark has been put.
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="z-50 w-80 animate-appear rounded-xl border border-line bg-surface p-2 shadow-pop"
        >
          <Group title="Emphasis" marks={[{ label: 'Stress the word or selection', open: '<emphasis>', close: '</emphasis>' }]} onMark={onMark} />
          <Group title="Pause" marks={PAUSES} onMark={onMark} />
          <Group title="Expression of the selection" marks={EXPRESSIONS} onMark={onMark} />
          <Group title="Gesture" marks={GESTURES} onMark={onMark} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Group({ title, marks, onMark }: { readonly title: string; readonly marks: readonly Mark[]; readonly onMark: (mark: Mark) => void }) {
  return (
    <DropdownMenu.Group className="p-1">
      <DropdownMenu.Label className="px-1 pb-1.5 text-[12px] text-faint">{title}</DropdownMenu.Label>
      <div className="flex flex-wrap gap-1.5">
        {marks.map((mark) => (
          <DropdownMenu.Item
            key={mark.open}
            onSelect={() => onMark(mark)}
            className="cursor-pointer rounded-full border border-line px-2.5 py-1 text-[13px] outline-none data-highlighted:border-line-strong data-highlighted:bg-hover"
          >
            {mark.label}
          </DropdownMenu.Item>
        ))}
      </div>
    </DropdownMenu.Group>
  );
}
