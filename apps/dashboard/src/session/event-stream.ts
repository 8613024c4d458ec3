import { sessionEvent, type SessionEvent } from '@visavis/contracts';
import { send } from '../api/client.ts';
import { toApiProblem } from '../api/problem.ts';
import type { ClientToken } from './client-token.ts';
import { createSseParser } from './sse-parser.ts';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8000;

/**
 * Follows a session's events until it has ended, and resumes after the last one seen whenever the connection breaks.
 * Read with fetch: EventSource can send no token but in the address, and hides the status of a refusal.
 */
export async function followEvents(input: {
  readonly sessionId: string;
  readonly token: ClientToken;
  readonly signal: AbortSignal;
  readonly onEvent: (event: SessionEvent) => void;
}): Promise<void> {
  let lastSeq = 0;
  let retryMs = FIRST_RETRY_MS;
  while (!input.signal.aborted) {
    try {
      const response = await open(input, lastSeq);
      // The session is over and everything was said.
      if (response.status === 204) return;
      for await (const event of readEvents(response)) {
        retryMs = FIRST_RETRY_MS;
        lastSeq = event.seq;
        input.onEvent(event);
        if (event.type === 'session.ended') return;
      }
    } catch (error) {
      if (isFinal(error)) return;
    }
    await pause(retryMs, input.signal);
    retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
  }
}

async function open(input: Parameters<typeof followEvents>[0], lastSeq: number): Promise<Response> {
  const response = await input.token.use((bearer) =>
    send(`/v1/sessions/${input.sessionId}/events?include=timings`, {
      headers: {
        accept: 'text/event-stream',
        authorization: `Bearer ${bearer}`,
        ...(lastSeq === 0 ? {} : { 'last-event-id': String(lastSeq) }),
      },
      credentials: 'omit',
      cache: 'no-store',
      signal: input.signal,
    }),
  );
  if (!response.ok) throw toApiProblem(response.status, await response.text(), (name) => response.headers.get(name));
  return response;
}

async function* readEvents(response: Response): AsyncGenerator<SessionEvent> {
  if (response.body === null) return;
  const parse = createSseParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const message of parse(value)) {
      const event = sessionEvent.safeParse(parseJson(message.data));
      // A type that this page doesn't know yet is no reason to lose the others.
      if (event.success) yield event.data;
    }
  }
}

// Gone or not ours: asking again changes nothing. Everything else may pass.
function isFinal(error: unknown): boolean {
  const status = error instanceof Error && 'status' in error ? error.status : null;
  return status === 403 || status === 404 || status === 410;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
