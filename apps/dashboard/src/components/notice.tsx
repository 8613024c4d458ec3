import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

const TONES = {
  info: { box: 'bg-sunken text-muted', icon: <Info className="mt-0.5 size-4 shrink-0" aria-hidden="true" /> },
  warn: { box: 'bg-warn-soft text-warn', icon: <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden="true" /> },
  danger: { box: 'bg-danger-soft text-danger', icon: <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden="true" /> },
};

/** A message in the flow of the page. `danger` interrupts a screen reader, the others wait their turn. */
export function Notice({ tone, children, action }: { readonly tone: keyof typeof TONES; readonly children: ReactNode; readonly action?: ReactNode }) {
  return (
    <div role={tone === 'danger' ? 'alert' : 'status'} className={`flex animate-appear items-start gap-2.5 rounded-lg px-3 py-2.5 text-[13px] ${TONES[tone].box}`}>
      {TONES[tone].icon}
      <div className="min-w-0 flex-1 break-words">{children}</div>
      {action}
    </div>
  );
}
