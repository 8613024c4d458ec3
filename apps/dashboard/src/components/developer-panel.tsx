import { ChevronRight } from 'lucide-react';
import { Collapsible, Tabs } from 'radix-ui';
import { useState } from 'react';
import { backgroundOf, type BackgroundDraft } from './background-choice.tsx';
import type { SessionState } from '../session/session-state.ts';
import { CopyButton } from './copy-button.tsx';
import { EventLog } from './event-log.tsx';
import { curlSnippet, htmlSnippet } from './snippets.ts';

interface DeveloperPanelProps {
  readonly state: SessionState;
  readonly avatarId: string | null;
  readonly voiceId: string | null;
  readonly background: BackgroundDraft;
}

/** What happens under the page, and how to do the same from one's own program. */
export function DeveloperPanel({ state, avatarId, voiceId, background }: DeveloperPanelProps) {
  const [open, setOpen] = useState(false);
  const origin = window.location.origin;
  const input = { origin, avatarId: avatarId ?? 'avt_…', voiceId, background: backgroundOf(background) };
  return (
    <Collapsible.Root open={open} onOpenChange={setOpen} className="card overflow-hidden">
      <Collapsible.Trigger className="flex min-h-11 w-full items-center gap-2.5 px-4 py-2 text-left -outline-offset-2 transition-colors hover:bg-hover">
        <ChevronRight className={`size-4 text-faint transition-transform ${open ? 'rotate-90' : ''}`} aria-hidden="true" />
        <span className="title">Developer</span>
        <span className="text-[13px] text-faint max-sm:hidden">Events and code</span>
        <span className="flex-1" />
        <StreamFigures state={state} />
      </Collapsible.Trigger>
      <Collapsible.Content className="border-t border-line">
        <div className="grid divide-line max-lg:divide-y lg:grid-cols-2 lg:divide-x">
          <EventLog events={state.events} />
          <Tabs.Root defaultValue="curl" className="min-w-0">
            <Tabs.List aria-label="The same from your own program" className="flex h-11 items-center gap-1 border-b border-line px-2">
              <Tab value="curl" label="curl" />
              <Tab value="html" label="HTML page" />
            </Tabs.List>
            <Snippet value="curl" code={curlSnippet(input)} label="Copy the commands" />
            <Snippet value="html" code={htmlSnippet(input)} label="Copy the page" />
          </Tabs.Root>
        </div>
      </Collapsible.Content>
    </Collapsible.Root>
  );
}

function Tab({ value, label }: { readonly value: string; readonly label: string }) {
  return (
    <Tabs.Trigger value={value} className="h-8 rounded-lg px-2.5 text-[13px] font-medium text-muted transition-colors hover:text-ink data-[state=active]:bg-hover data-[state=active]:text-ink">
      {label}
    </Tabs.Trigger>
  );
}

function Snippet({ value, code, label }: { readonly value: string; readonly code: string; readonly label: string }) {
  return (
    <Tabs.Content value={value} className="relative">
      <pre tabIndex={0} className="max-h-80 overflow-auto p-4 font-mono text-[12px] leading-relaxed -outline-offset-2">
        {code}
      </pre>
      <div className="absolute top-2 right-2 rounded-lg bg-surface">
        <CopyButton text={code} label={label} />
      </div>
    </Tabs.Content>
  );
}

function StreamFigures({ state }: { readonly state: SessionState }) {
  const { firstPictureMs, stats } = state;
  if (firstPictureMs === null) return null;
  return (
    <span className="tabular flex gap-4 text-[12px] text-muted">
      <span>first picture {firstPictureMs} ms</span>
      {stats !== null && stats.width > 0 && (
        <span className="max-md:hidden">
          {stats.width}×{stats.height} · {stats.fps} fps · {stats.kbps.toLocaleString('en-US')} kbit/s · {stats.codec}
        </span>
      )}
    </span>
  );
}
