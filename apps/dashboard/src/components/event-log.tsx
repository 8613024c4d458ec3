import type { SessionEvent } from '@visavis/contracts';
import { useEffect, useRef } from 'react';
import { formatOffset } from '../format/time.ts';

/** The session's events as they come: offset from the first one, type, data. */
export function EventLog({ events }: { readonly events: readonly SessionEvent[] }) {
  const listRef = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const list = listRef.current;
    if (list !== null) list.scrollTop = list.scrollHeight;
  }, [events.length]);
  const first = events[0];
  return (
    <div className="flex min-w-0 flex-col">
      <h3 className="flex h-11 items-center border-b border-line px-4 text-[13px] font-medium">
        Events <span className="tabular ml-2 font-normal text-faint">{events.length}</span>
      </h3>
      <div ref={listRef} tabIndex={0} aria-label="Events of the session" role="region" className="h-80 overflow-auto p-2 font-mono text-[12px] leading-relaxed -outline-offset-2">
        {first === undefined ? (
          <p className="p-2 font-sans text-[13px] text-faint">They arrive here while a session runs.</p>
        ) : (
          <table className="w-full border-separate border-spacing-x-2">
            <thead className="sr-only">
              <tr>
                <th>Number</th>
                <th>Time</th>
                <th>Type</th>
                <th>Data</th>
              </tr>
            </thead>
            <tbody>
              {events.map((event) => (
                <tr key={event.seq} className="align-top">
                  <td className="text-right text-faint">{event.seq}</td>
                  <td className="text-right whitespace-nowrap text-faint">{formatOffset(Date.parse(event.at) - Date.parse(first.at))}</td>
                  <td className="whitespace-nowrap text-accent-ink">{event.type}</td>
                  <td className="w-full break-all text-muted">{JSON.stringify(event.data)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </div>
  );
}
