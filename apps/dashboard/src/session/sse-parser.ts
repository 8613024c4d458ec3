export interface ServerSentEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** An incremental reader of text/event-stream: feed it text as it arrives, get the events that are complete. */
export function createSseParser(): (chunk: string) => ServerSentEvent[] {
  let rest = '';
  let id: string | null = null;
  let event = '';
  let data: string[] = [];

  function takeLine(line: string): ServerSentEvent | null {
    if (line === '') {
      const complete = data.length === 0 ? null : { id, event: event === '' ? 'message' : event, data: data.join('\n') };
      event = '';
      data = [];
      return complete;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id') id = value;
    return null;
  }

  return (chunk) => {
    rest += chunk;
    const events: ServerSentEvent[] = [];
    for (;;) {
      const end = rest.search(/\r|\n/);
      // A lone CR at the very end may be half of CRLF: wait for what follows.
      if (end === -1 || (rest[end] === '\r' && end === rest.length - 1)) return events;
      const line = rest.slice(0, end);
      rest = rest.slice(end + (rest.startsWith('\r\n', end) ? 2 : 1));
      const complete = takeLine(line);
      if (complete !== null) events.push(complete);
    }
  };
}
