import { Trash2 } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { Button } from './button.tsx';

/** A bin in the corner of a card, shown when the card is pointed at or reached by keyboard; it asks before it acts. */
export function DeleteAvatar({ name, onDelete }: { readonly name: string; readonly onDelete: () => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={`Delete ${name}`}
        className="absolute top-1.5 left-1.5 grid size-6 place-items-center rounded-full bg-black/60 text-white opacity-0 transition-opacity group-hover:opacity-100 hover:bg-black/80 focus-visible:opacity-100 data-[state=open]:opacity-100 pointer-coarse:not-group-data-selected:hidden pointer-coarse:size-7 pointer-coarse:opacity-100"
      >
        <Trash2 className="size-3.5" strokeWidth={1.8} aria-hidden="true" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content align="start" sideOffset={6} collisionPadding={12} className="z-50 w-64 animate-appear rounded-xl border border-line bg-surface p-3.5 shadow-pop">
          <p className="text-[13px] font-medium break-words">Delete “{name}”?</p>
          <p className="mt-0.5 text-[13px] text-muted">It can’t be brought back.</p>
          <div className="mt-3 flex gap-2">
            <Button
              look="danger"
              size="sm"
              busy={busy}
              onClick={() => {
                setBusy(true);
                void onDelete().finally(() => setBusy(false));
              }}
            >
              Delete
            </Button>
            <Popover.Close asChild>
              <Button look="quiet" size="sm">
                Keep
              </Button>
            </Popover.Close>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
