import type { SessionEvent } from '@visavis/contracts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ClientToken } from './client-token.ts';
import { followEvents } from './event-stream.ts';

const SESSION = 'ses_019ab0d2-6f4e-7c31-9a55-0b1f6a3c2d10';
const EVENTS_PATH = `/v1/sessions/${SESSION}/events?include=timings`;

function text(seq: number, type: string, data: Record<string, unknown>): string {
  const event = { seq, type, at: '2026-11-22T10:00:00.000Z', session_id: SESSION, data };
  return `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
}
const LOW = (seq: number) => text(seq, 'credits.low', { remaining_credits: 1, remaining_seconds: 60 });
const ENDED = (seq: number) => text(seq, 'session.ended', { end_reason: 'client', billed_seconds: 1, credits: 0.1 });

/** Answers to the events request in their order, and what was asked with. */
function serve(answers: Array<() => Response>) {
  const asked: Array<{ authorization: string | null; lastEventId: string | null }> = [];
  let renewals = 0;
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    if (url.endsWith('/tokens')) {
      renewals++;
      const body = { client_token: `token-${renewals + 1}`, scopes: ['view'], expires_at: '2026-11-22T10:10:00.000Z' };
      return new Response(JSON.stringify(body), { status: 201 });
    }
    expect(url).toBe(EVENTS_PATH);
    const headers = new Headers(init.headers);
    asked.push({ authorization: headers.get('authorization'), lastEventId: headers.get('last-event-id') });
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError('nothing more to answer');
    return answer();
  });
  return { asked, renewals: () => renewals };
}

async function follow(signal = new AbortController().signal): Promise<SessionEvent[]> {
  const events: SessionEvent[] = [];
  vi.useFakeTimers();
  const done = followEvents({ sessionId: SESSION, token: new ClientToken(SESSION, 'token-1'), signal, onEvent: (event) => events.push(event) });
  const finished = { yet: false };
  void done.then(() => (finished.yet = true));
  for (let i = 0; i < 50 && !finished.yet; i++) await vi.advanceTimersByTimeAsync(1000);
  await done;
  return events;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('followEvents', () => {
  it('reads until the session has ended', async () => {
    const { asked } = serve([() => new Response(LOW(1) + ENDED(2))]);
    expect((await follow()).map((event) => event.type)).toEqual(['credits.low', 'session.ended']);
    expect(asked).toEqual([{ authorization: 'Bearer token-1', lastEventId: null }]);
  });

  it('resumes after the last event when the connection breaks or the server fails', async () => {
    const { asked } = serve([
      () => new Response(LOW(1) + LOW(2)),
      () => new Response('down', { status: 503 }),
      () => {
        throw new TypeError('Failed to fetch');
      },
      () => new Response(ENDED(3)),
    ]);
    expect((await follow()).map((event) => event.seq)).toEqual([1, 2, 3]);
    expect(asked.map((one) => one.lastEventId)).toEqual([null, '2', '2', '2']);
  });

  it('renews a token that ran out', async () => {
    const { asked, renewals } = serve([() => new Response('{}', { status: 401 }), () => new Response(ENDED(1))]);
    expect(await follow()).toHaveLength(1);
    expect(renewals()).toBe(1);
    expect(asked.map((one) => one.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it.each([204, 403, 404])('stops at %i: there is nothing to come', async (status) => {
    const { asked } = serve([() => new Response(null, { status })]);
    expect(await follow()).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('skips events of a kind that it does not know', async () => {
    serve([() => new Response(text(1, 'session.teleported', {}) + 'data: no json\n\n' + ENDED(2))]);
    expect((await follow()).map((event) => event.seq)).toEqual([2]);
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    serve([
      () => {
        abort.abort();
        return new Response(LOW(1));
      },
    ]);
    expect((await follow(abort.signal)).length).toBeLessThanOrEqual(1);
  });
});
