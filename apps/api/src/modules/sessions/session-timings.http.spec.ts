// Real: the API, PostgreSQL, Redis, S3, mediasoup. The worker is this test: it reports what it would have spoken.
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionEvent, TimedViseme, TimedWord, WorkerEvent } from '@visavis/contracts';
import { createLedger } from '@visavis/credits';
import { formatId } from '@visavis/ids';
import { createFleet, createRedis, createSessionChannel, type Fleet, type Redis, type SessionChannel } from '@visavis/queue';
import { createTestApp, type TestApp, type TestTenant } from '../../testing/test-app';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const WORKER = 'timing-worker';

interface Heard {
  event: SessionEvent;
  id: string | null;
}

describe('utterance.timings', () => {
  let api: TestApp;
  let redis: Redis;
  let fleet: Fleet;
  let channel: SessionChannel;
  let tenant: TestTenant;
  let heart: NodeJS.Timeout;
  let session: { id: string; client_token: string };
  const readers: AbortController[] = [];

  beforeAll(async () => {
    api = await createTestApp();
    redis = createRedis(process.env['TEST_REDIS_URL'] ?? '');
    fleet = createFleet(redis);
    channel = createSessionChannel(redis);
    const beat = () => fleet.beat({ workerId: WORKER, slots: 4, draining: false, warmAvatarIds: [], info: {} });
    await beat();
    heart = setInterval(() => void beat(), 500);
    tenant = await api.createTenant();
    await createLedger(api.database.db).grant(tenant.tenantId, 100_000_000n, { idempotencyKey: 'test' });
  });
  afterAll(async () => {
    clearInterval(heart);
    await api.close();
    redis.disconnect();
  });
  beforeEach(async () => {
    const { body } = await api.http.post('/v1/sessions').set(bearer(tenant.key)).send({ avatar_id: formatId('avt', tenant.avatarId) });
    session = body;
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.abort();
    await end();
  });

  const end = () => api.http.delete(`/v1/sessions/${session.id}`).set(bearer(tenant.key));
  const speak = async (text = 'One two.'): Promise<string> => (await api.http.post(`/v1/sessions/${session.id}/speak`).set(bearer(tenant.key)).send({ text })).body.utterance_id;
  const report = (event: WorkerEvent, epoch = 1) => channel.report({ sessionId: session.id, epoch, workerId: WORKER, event });
  const started = (utterance_id: string) => report({ type: 'utterance.started', utterance_id });
  const ended = (utterance_id: string) => report({ type: 'utterance.ended', utterance_id, interrupted: false, played_ms: 900 });
  const word = (text: string, start_ms: number): TimedWord => ({ text, start_ms, duration_ms: 300 });
  const viseme = (name: TimedViseme['viseme'], start_ms: number): TimedViseme => ({ viseme: name, start_ms, duration_ms: 300 });
  const part = (text: string, atMs: number) => ({ source: 'voice' as const, words: [word(text, atMs)], visemes: [viseme('aa', atMs)] });
  const timings = (utterance_id: string, text: string, atMs: number, epoch = 1) => report({ type: 'utterance.timings', utterance_id, ...part(text, atMs) }, epoch);

  /** Reads events as they come. */
  const follow = async (query: string, headers: Record<string, string> = {}): Promise<{ heard: Heard[]; over: Promise<void> }> => {
    const abort = new AbortController();
    readers.push(abort);
    const response = await fetch(`${api.url}/v1/sessions/${session.id}/events${query}`, { headers: { ...bearer(session.client_token), ...headers }, signal: abort.signal });
    expect(response.status).toBe(200);
    const heard: Heard[] = [];
    const read = async () => {
      let rest = '';
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        const messages = (rest + chunk).split('\n\n');
        rest = messages.pop() ?? '';
        for (const message of messages) {
          const data = /^data: (.*)$/m.exec(message)?.[1];
          if (data) heard.push({ event: JSON.parse(data), id: /^id: (.*)$/m.exec(message)?.[1] ?? null });
        }
      }
    };
    return { heard, over: read().catch(() => undefined) };
  };
  const until = async (holds: () => boolean): Promise<void> => {
    for (let i = 0; i < 200 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
    expect(holds()).toBe(true);
  };
  const wordsOf = (heard: Heard[]) => heard.filter(({ event }) => event.type === 'utterance.timings').map(({ event }) => (event.data['words'] as TimedWord[]).map(({ text }) => text).join(' '));
  const story = (heard: Heard[]) => heard.map(({ event }) => event.type.replace(/^utterance\./, ''));

  it('come after the start and before the end, to who asks, and change nothing for others', async () => {
    const asking = await follow('?include=timings');
    const plain = await follow('');
    const id = await speak();
    await timings(id, 'One', 0); // made before it is heard
    await started(id);
    await until(() => wordsOf(asking.heard).length === 1);
    await timings(id, 'two.', 400);
    await ended(id);
    await until(() => story(asking.heard).includes('ended') && story(plain.heard).includes('ended'));
    expect(story(asking.heard)).toEqual(['session.started', 'started', 'timings', 'timings', 'ended']);
    expect(asking.heard.map((one) => [one.event.seq, one.id])).toEqual([[1, '1'], [2, '2'], [2, null], [2, null], [3, '3']]);
    expect(asking.heard[2]?.event).toMatchObject({ session_id: session.id, data: { utterance_id: id, ...part('One', 0) } });
    expect(Date.parse(asking.heard[2]!.event.at)).toBeGreaterThanOrEqual(Date.parse(asking.heard[1]!.event.at));
    expect(plain.heard.map((one) => [one.event.seq, one.id, one.event.type])).toEqual([[1, '1', 'session.started'], [2, '2', 'utterance.started'], [3, '3', 'utterance.ended']]);
  });

  it('are told again to who joins late or comes back in the middle', async () => {
    const [first, second] = [await speak(), await speak()];
    await timings(first, 'Long ago.', 0);
    await started(first);
    await ended(first);
    await timings(second, 'Just now.', 0);
    await started(second);
    const late = await follow('?include=timings');
    await until(() => wordsOf(late.heard).length === 2);
    expect(story(late.heard)).toEqual(['session.started', 'started', 'timings', 'ended', 'started', 'timings']);
    // It had heard that the second began, which is number 4.
    const back = await follow('?include=timings', { 'last-event-id': '4' });
    await until(() => wordsOf(back.heard).length === 1);
    await timings(second, 'And on.', 400);
    await ended(second);
    await end();
    await back.over;
    expect(story(back.heard)).toEqual(['timings', 'timings', 'ended', 'session.ended']);
    expect(back.heard.map(({ event }) => event.seq)).toEqual([4, 4, 5, 6]);
    expect(wordsOf(back.heard)).toEqual(['Just now.', 'And on.']);
    // After the session, too, as the events.
    const after = await follow('?include=timings');
    await after.over;
    expect(wordsOf(after.heard)).toEqual(['Long ago.', 'Just now.', 'And on.']);
    expect((await fetch(`${api.url}/v1/sessions/${session.id}/events?include=timings`, { headers: { ...bearer(tenant.key), 'last-event-id': '6' } })).status).toBe(204);
  });

  it('are told once, though a second worker tells of the beginning again, and not at all by one of an old epoch', async () => {
    const asking = await follow('?include=timings');
    const id = await speak();
    await started(id);
    await timings(id, 'One', 0);
    await timings(id, 'stale', 400, 7);
    await timings(id, 'One', 1); // made anew, a rounding later
    await timings(id, 'two.', 401);
    await ended(id);
    await until(() => story(asking.heard).includes('ended'));
    expect(wordsOf(asking.heard)).toEqual(['One', 'two.']);
  });

  it('hold up nothing when they hold what no database keeps', async () => {
    const asking = await follow('?include=timings');
    const id = await speak();
    await started(id);
    await timings(id, 'half \ud840 and \u0000', 0);
    await ended(id);
    await until(() => story(asking.heard).includes('ended'));
    expect(wordsOf(asking.heard)).toEqual(['half \ufffd and \ufffd']);
  });

  it('of what is never said stay unheard', async () => {
    const asking = await follow('?include=timings');
    const id = await speak();
    await timings(id, 'Never.', 0);
    await timings('nobody', 'Nothing.', 0);
    await report({ type: 'utterance.ended', utterance_id: id, interrupted: true, played_ms: 0 });
    await until(() => story(asking.heard).includes('ended'));
    expect(story(asking.heard)).toEqual(['session.started', 'ended']);
  });

  it('of a long utterance all arrive, in order', async () => {
    const id = await speak();
    for (let i = 0; i < 130; i++) await timings(id, `w${i}`, i * 300);
    await started(id);
    await ended(id);
    const plain = await follow('');
    await until(() => story(plain.heard).includes('ended'));
    await end();
    const late = await follow('?include=timings');
    await late.over;
    expect(wordsOf(late.heard)).toEqual(Array.from({ length: 130 }, (_, i) => `w${i}`));
  });

  it('reach a socket that asks', async () => {
    const open = async (query: string) => {
      const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/sessions/${session.id}/ws?token=${session.client_token}${query}`);
      const types: string[] = [];
      socket.onmessage = ({ data }) => types.push(JSON.parse(String(data)).type);
      await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
      return { socket, types };
    };
    const [asking, plain] = [await open('&include=timings'), await open('')];
    const id = await speak();
    await started(id);
    await timings(id, 'One', 0);
    await ended(id);
    await until(() => asking.types.includes('utterance.ended') && plain.types.includes('utterance.ended'));
    expect(asking.types).toEqual(['session.started', 'utterance.started', 'utterance.timings', 'utterance.ended']);
    expect(plain.types).toEqual(['session.started', 'utterance.started', 'utterance.ended']);
    asking.socket.close();
    plain.socket.close();
  });

  it('are the only thing that can be included', async () => {
    const { status, body } = await api.http.get(`/v1/sessions/${session.id}/events?include=timings,everything`).set(bearer(tenant.key));
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid_request', 'include']);
    expect(body.detail).toContain('timings');
    const socket = request(`${api.url}/v1/sessions/${session.id}/ws?include=everything`, {
      headers: { ...bearer(tenant.key), connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': Buffer.alloc(16).toString('base64') },
    });
    const answer = await new Promise<string>((resolve, reject) => {
      socket.on('response', ({ statusCode }) => resolve(`refused with ${statusCode}`)).on('upgrade', () => resolve('open')).on('error', reject).end();
    });
    socket.destroy();
    expect(answer).toBe('refused with 400');
  });

  it('are nobody else’s', async () => {
    const other = await api.createTenant();
    expect((await api.http.get(`/v1/sessions/${session.id}/events?include=timings`).set(bearer(other.key))).status).toBe(404);
  });
});
