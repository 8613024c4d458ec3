// Real: the API, PostgreSQL, Redis, S3, mediasoup. The worker is this test: it takes slots, fetches grants and reports.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLedger } from '@visavis/credits';
import { formatId, newId } from '@visavis/ids';
import { createFleet, createRedis, createSessionChannel, type Fleet, type Redis, type SessionChannel } from '@visavis/queue';
import type { SessionEvent } from '@visavis/contracts';
import { createTestApp, WORKER_TOKEN, type TestApp, type TestTenant } from '../../testing/test-app';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const until = async <T>(read: () => Promise<T | null | undefined | false>, tries = 200): Promise<T> => {
  for (let i = 0; i < tries; i++) {
    const value = await read();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come to pass');
};

describe('/v1/sessions', () => {
  let api: TestApp;
  let redis: Redis;
  let tenant: TestTenant;
  let fleet: Fleet;
  let channel: SessionChannel;

  beforeAll(async () => {
    api = await createTestApp();
    redis = createRedis(process.env['TEST_REDIS_URL'] ?? '');
    fleet = createFleet(redis);
    channel = createSessionChannel(redis);
  });
  afterAll(async () => {
    await api.close();
    redis.disconnect();
  });

  const createTenant = async ({ credits = 100_000_000n, concurrencyLimit = 20 } = {}): Promise<TestTenant> => {
    const created = await api.createTenant();
    if (credits > 0n) await createLedger(api.database.db).grant(created.tenantId, credits, { idempotencyKey: 'test' });
    await api.database.ownerSql('UPDATE tenants SET concurrency_limit = $2 WHERE id = $1', [created.tenantId, concurrencyLimit]);
    return created;
  };

  const beat = (workerId: string, slots = 4) => fleet.beat({ workerId, slots, draining: false, warmAvatarIds: [], info: {} });
  let worker = '';
  let tests = 0;
  beforeEach(async () => {
    worker = `w${++tests}`;
    await beat(worker);
    keepBeating(worker);
    tenant = await createTenant();
  });

  const beating = new Map<string, { timer: NodeJS.Timeout; last: Promise<void> }>();
  const keepBeating = (workerId: string) => {
    const timer = setInterval(() => {
      const heart = beating.get(workerId);
      if (heart) heart.last = beat(workerId);
    }, 500);
    beating.set(workerId, { timer, last: Promise.resolve() });
  };
  /** As a worker that was killed, only noticed at once. A beat that is under way must not bring it back. */
  const lose = async (workerId: string) => {
    const heart = beating.get(workerId);
    beating.delete(workerId);
    clearInterval(heart?.timer);
    await heart?.last;
    await fleet.leave(workerId);
  };
  afterEach(async () => {
    const { body } = await api.http.get('/v1/sessions?limit=100').set(bearer(tenant.key));
    for (const session of body.data) await api.http.delete(`/v1/sessions/${session.id}`).set(bearer(tenant.key));
    for (const workerId of [...beating.keys()]) await lose(workerId);
  });

  const create = (body: object = {}, key = tenant.key) =>
    api.http.post('/v1/sessions').set(bearer(key)).send({ avatar_id: formatId('avt', tenant.avatarId), ...body });
  const claim = (sessionId: string, epoch = 1, workerId = worker) =>
    api.http.post(`/internal/worker/sessions/${sessionId}/claim`).set(bearer(WORKER_TOKEN)).send({ epoch, worker_id: workerId });
  const eventsOf = async (sessionId: string): Promise<SessionEvent[]> => {
    const rows = await api.database.ownerSql<{ seq: number; type: SessionEvent['type']; data: Record<string, unknown> }>(
      'SELECT seq, type, data FROM session_events WHERE session_id = $1 ORDER BY seq',
      [sessionId.slice(4)],
    );
    return rows.map((row) => ({ ...row, at: '', session_id: sessionId }));
  };

  it('starts a session, holds a minute and answers with what the page needs', async () => {
    const { status, body, headers } = await create({ metadata: { customer: 'c1' }, idle_timeout_s: 60 });
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/v1/sessions/${body.id}`);
    expect(body).toMatchObject({ status: 'starting', ice_servers: [], max_duration_s: 3600, idle_timeout_s: 60, credits_per_minute: 1, metadata: { customer: 'c1' }, video: { width: 512, height: 512, fps: 25, codec: 'h264' } });
    expect(body.whep_url).toContain(body.id);
    const credits = await api.http.get('/v1/credits').set(bearer(tenant.key));
    expect(credits.body).toMatchObject({ available: 99, held: 1 });
  });

  it('ends a session that nobody saw for nothing, twice with the same answer', async () => {
    const { body } = await create();
    const [first, second] = await Promise.all([0, 1].map(() => api.http.delete(`/v1/sessions/${body.id}`).set(bearer(tenant.key))));
    expect(first?.status).toBe(200);
    expect(first?.body).toMatchObject({ status: 'ended', end_reason: 'client', billed_seconds: 0, credits: 0 });
    expect(second?.body).toEqual(first?.body);
    expect((await eventsOf(body.id)).map((event) => event.type)).toEqual(['session.started', 'session.ended']);
    const credits = await api.http.get('/v1/credits').set(bearer(tenant.key));
    expect(credits.body).toMatchObject({ available: 100, held: 0 });
    expect(await fleet.freeSlots()).toBe(4);
  });

  it('refuses bad input with the path and what to do', async () => {
    const { status, body } = await create({ video: { width: 511, fps: 24 } });
    expect(status).toBe(400);
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual(expect.arrayContaining(['video.width', 'video.fps']));
  });

  it('knows no avatar of another tenant', async () => {
    const other = await createTenant();
    expect((await create({ avatar_id: formatId('avt', other.avatarId) })).status).toBe(404);
    expect((await create({ avatar_id: newId('avt') })).status).toBe(404);
  });

  it('answers 402 without credits, and leaves no slot, hold or session behind', async () => {
    const poor = await createTenant({ credits: 0n });
    const { status, body } = await api.http.post('/v1/sessions').set(bearer(poor.key)).send({ avatar_id: formatId('avt', poor.avatarId) });
    expect([status, body.code]).toEqual([402, 'insufficient_credits']);
    expect(await fleet.freeSlots()).toBe(4);
    expect((await api.http.get('/v1/sessions').set(bearer(poor.key))).body.data).toEqual([]);
  });

  it('answers 503 with Retry-After when no worker has room, and says so beforehand', async () => {
    await lose(worker);
    const { status, body, headers } = await create();
    expect([status, body.code]).toEqual([503, 'at_capacity']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    const availability = await api.http.get('/v1/sessions/availability').set(bearer(tenant.key));
    expect(availability.body).toEqual({ available: false, reason: 'at_capacity', free_slots: 0 });
  });

  it('waits for a slot as long as it was told to', async () => {
    await lose(worker);
    const waiting = create({ queue_timeout_s: 10 }).then((answer) => answer);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await beat(`${worker}-next`);
    // So that it is lost after the test, and takes no session of the next one.
    keepBeating(`${worker}-next`);
    expect((await waiting).status).toBe(201);
  });

  it('keeps to the tenant’s own limit under a rush', async () => {
    const small = await createTenant({ concurrencyLimit: 2 });
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => api.http.post('/v1/sessions').set(bearer(small.key)).send({ avatar_id: formatId('avt', small.avatarId) })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 201, 429, 429]);
    expect(answers.find((answer) => answer.status === 429)?.body.code).toBe('concurrency_limit');
    const credits = await api.http.get('/v1/credits').set(bearer(small.key));
    expect(credits.body).toMatchObject({ available: 98, held: 2 });
    // They would be given to the next test's worker, and take its slots.
    for (const { status, body } of answers) if (status === 201) await api.http.delete(`/v1/sessions/${body.id}`).set(bearer(small.key)).expect(200);
  });

  it('repeats the answer, token included, for a repeated Idempotency-Key', async () => {
    const send = () => create().set('idempotency-key', `k-${tenant.tenantId}`);
    const first = await send();
    const second = await send();
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    const [stored] = await api.database.ownerSql<{ n: number }>('SELECT count(*)::int AS n FROM sessions WHERE tenant_id = $1', [tenant.tenantId]);
    expect(stored?.n).toBe(1);
  });

  it('lists page by page, newest first', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { status, body } = await create();
      expect([status, body.detail]).toEqual([201, undefined]);
      ids.push(body.id);
    }
    const first = await api.http.get('/v1/sessions?limit=2').set(bearer(tenant.key));
    expect(first.body.data.map((session: { id: string }) => session.id)).toEqual([ids[2], ids[1]]);
    const second = await api.http.get(`/v1/sessions?limit=2&cursor=${first.body.next_cursor}`).set(bearer(tenant.key));
    expect(second.body).toMatchObject({ data: [{ id: ids[0] }], next_cursor: null });
    expect((await api.http.get('/v1/sessions?cursor=nonsense').set(bearer(tenant.key))).status).toBe(400);
  });

  it('gives the ingest key to the chosen worker once per epoch, and to nobody else', async () => {
    const { body } = await create();
    expect((await claim(body.id, 1, 'w9')).status).toBe(409);
    expect((await claim(body.id, 2)).status).toBe(409);
    const granted = await claim(body.id);
    expect(granted.status).toBe(200);
    expect(granted.body).toMatchObject({ session_id: body.id, epoch: 1, resume: { ended: [], positions: {} } });
    expect(Buffer.from(granted.body.ingest.send_key, 'base64')).toHaveLength(28);
    expect((await claim(body.id)).status).toBe(409);
    expect((await api.http.post(`/internal/worker/sessions/${body.id}/claim`).set(bearer(tenant.key)).send({ epoch: 1, worker_id: worker })).status).toBe(401);
  });

  it('queues speech, hands it on in order, and writes each end once', async () => {
    const { body } = await create();
    const speak = (payload: object) => api.http.post(`/v1/sessions/${body.id}/speak`).set(bearer(body.client_token)).send(payload);
    const first = await speak({ text: 'One.' });
    const second = await speak({ audio: Buffer.alloc(3200).toString('base64'), sample_rate: 16_000 });
    expect([first.status, second.status]).toEqual([202, 202]);
    const entries = await redis.xrange(`vv:session:${body.id}:commands`, '-', '+');
    const commands = entries.map(([, fields]) => JSON.parse(fields[1] ?? '{}') as { utterance_id: string; source: { kind: string; url?: string } });
    expect(commands.map((command) => [command.utterance_id, command.source.kind])).toEqual([
      [first.body.utterance_id, 'text'],
      [second.body.utterance_id, 'file'],
    ]);
    expect((await fetch(commands[1]?.source.url ?? '')).status).toBe(200);

    const report = (event: Parameters<SessionChannel['report']>[0]['event'], epoch = 1) => channel.report({ sessionId: body.id, epoch, workerId: worker, event });
    const ended = { type: 'utterance.ended', utterance_id: first.body.utterance_id as string, interrupted: false, played_ms: 480 } as const;
    await report({ type: 'utterance.ended', utterance_id: first.body.utterance_id, interrupted: true, played_ms: 1 }, 7); // an epoch that isn't
    await report({ type: 'utterance.started', utterance_id: first.body.utterance_id });
    await report(ended);
    await report({ ...ended, played_ms: 999 });
    await until(async () => (await eventsOf(body.id)).some((event) => event.type === 'utterance.ended'));
    await api.http.delete(`/v1/sessions/${body.id}`).set(bearer(tenant.key));
    const events = (await eventsOf(body.id)).filter((event) => event.type.startsWith('utterance.'));
    expect(events.map((event) => [event.type, event.data])).toEqual([
      ['utterance.started', { utterance_id: first.body.utterance_id }],
      ['utterance.ended', { utterance_id: first.body.utterance_id, interrupted: false, played_ms: 480 }],
      ['utterance.ended', { utterance_id: second.body.utterance_id, interrupted: true, played_ms: 0 }],
    ]);
  });

  it('says what is wrong with speech', async () => {
    const { body } = await create();
    const speak = (payload: object) => api.http.post(`/v1/sessions/${body.id}/speak`).set(bearer(tenant.key)).send(payload);
    expect((await speak({})).body.detail).toContain('exactly one of text, audio and audio_url');
    expect((await speak({ text: 'x', audio_url: 'https://example.com/a.wav' })).status).toBe(400);
    expect((await speak({ text: ' ' })).status).toBe(400);
    expect((await speak({ audio: Buffer.from('no audio at all').toString('base64') })).body.detail).toContain('sample_rate');
    expect((await speak({ audio_url: 'http://127.0.0.1:1/a.wav' })).status).toBe(400);
    expect((await speak({ text: 'x', voice_id: 'nobody' })).body.errors[0].path).toBe('voice_id');
  });

  it('refuses everything but reading once a session is over', async () => {
    const { body } = await create();
    await api.http.delete(`/v1/sessions/${body.id}`).set(bearer(tenant.key));
    for (const [path, payload] of [['speak', { text: 'x' }], ['interrupt', undefined], ['keep-alive', undefined], ['tokens', {}]] as const) {
      const answer = await api.http.post(`/v1/sessions/${body.id}/${path}`).set(bearer(tenant.key)).send(payload);
      expect([path, answer.status, answer.body.code]).toEqual([path, 409, 'session_ended']);
    }
    expect((await api.http.get(`/v1/sessions/${body.id}`).set(bearer(tenant.key))).body.status).toBe('ended');
  });

  it('makes client tokens with fewer scopes, good for one session only', async () => {
    const [a, b] = [(await create()).body, (await create()).body];
    const made = await api.http.post(`/v1/sessions/${a.id}/tokens`).set(bearer(tenant.key)).send({ scopes: ['view'], expires_in_s: 60 });
    expect(made.status).toBe(201);
    const view = bearer(made.body.client_token);
    expect((await api.http.get(`/v1/sessions/${a.id}`).set(view)).status).toBe(200);
    expect((await api.http.get(`/v1/sessions/${b.id}`).set(view)).status).toBe(404);
    expect((await api.http.post(`/v1/sessions/${a.id}/speak`).set(view).send({ text: 'x' })).body.code).toBe('insufficient_scope');
    expect((await api.http.delete(`/v1/sessions/${a.id}`).set(view)).status).toBe(403);
    expect((await api.http.get('/v1/sessions').set(view)).status).toBe(403);
  });

  it('streams events from where the reader was, and ends after the last', async () => {
    const { body } = await create();
    const follow = (headers: Record<string, string> = {}) => fetch(`${api.url}/v1/sessions/${body.id}/events?token=${body.client_token}`, { headers });
    const open = await follow();
    await api.http.delete(`/v1/sessions/${body.id}`).set(bearer(tenant.key));
    const text = await open.text();
    expect(text).toMatch(/id: 1\nevent: session\.started\ndata: .*\n\nid: 2\nevent: session\.ended/s);
    expect(await (await follow({ 'last-event-id': '1' })).text()).not.toContain('id: 1\n');
    expect((await follow({ 'last-event-id': '2' })).status).toBe(204);
  });

  it('says what is wrong with text that no database keeps, and takes what only looks odd', async () => {
    expect((await create({ metadata: { a: 'a\u0000b' } })).status).toBe(400);
    expect((await api.http.post('/v1/sessions').set(bearer(tenant.key)).set('content-type', 'application/json').send('{"avatar_id":"\\ud800"}')).status).toBe(400);
    const { body } = await create();
    const key = 'k'.repeat(255);
    const token = await api.http.post(`/v1/sessions/${body.id}/tokens`).set(bearer(tenant.key)).set('idempotency-key', key);
    expect([token.status, token.body.scopes]).toEqual([201, ['view', 'speak', 'control']]);
    await api.http.delete(`/v1/sessions/${body.id}`).set(bearer(tenant.key));
    const events = await fetch(`${api.url}/v1/sessions/${body.id}/events`, { headers: { ...bearer(tenant.key), 'last-event-id': '99999999999999999999' } });
    expect(events.status).toBe(204);
  });

  it('changes nothing by what a worker reports of a session whose media node has died', async () => {
    const { body } = await create();
    const spoken = await api.http.post(`/v1/sessions/${body.id}/speak`).set(bearer(tenant.key)).send({ text: 'One.' });
    await api.database.ownerSql(`UPDATE sessions SET media_node_id = 'gone' WHERE id = $1`, [body.id.slice(4)]);
    await channel.report({ sessionId: body.id, epoch: 1, workerId: worker, event: { type: 'utterance.ended', utterance_id: spoken.body.utterance_id, interrupted: false, played_ms: 8000 } });
    await api.http.delete(`/v1/sessions/${body.id}`).set(bearer(tenant.key));
    const ended = (await eventsOf(body.id)).find((event) => event.type === 'utterance.ended');
    expect(ended?.data).toMatchObject({ interrupted: true, played_ms: 0 });
  });

  it('tells a socket that its stream was interrupted elsewhere', async () => {
    const { body } = await create();
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/sessions/${body.id}/ws?token=${body.client_token}`);
    const messages: { type: string; problem?: { code: string } }[] = [];
    socket.onmessage = ({ data }) => messages.push(JSON.parse(String(data)));
    await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
    const seen = (type: string) => until(async () => messages.find((message) => message.type === type));
    socket.send(JSON.stringify({ type: 'speak.start', utterance_id: 'constructor' }));
    await seen('speak.queued');
    await channel.report({ sessionId: body.id, epoch: 1, workerId: worker, event: { type: 'utterance.ended', utterance_id: 'constructor', interrupted: true, played_ms: 20 } });
    await seen('utterance.ended');
    socket.send(Uint8Array.of(1, 0));
    expect((await seen('error')).problem?.code).toBe('conflict');
    messages.length = 0;
    socket.send(JSON.stringify({ type: 'speak.start' }));
    await seen('speak.queued');
    messages.length = 0;
    socket.send(JSON.stringify({ type: 'speak', audio: Buffer.alloc(1_500_000).toString('base64'), sample_rate: 48_000 }));
    await seen('speak.queued');
    socket.close();
  });

  it('takes commands and samples over a WebSocket, in order, under the client’s own name', async () => {
    const { body } = await create();
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/sessions/${body.id}/ws`, [body.client_token]);
    const messages: { type: string; utterance_id?: string; problem?: { code: string } }[] = [];
    socket.onmessage = ({ data }) => messages.push(JSON.parse(String(data)));
    await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
    const seen = (type: string) => until(async () => messages.find((message) => message.type === type));
    expect(await seen('session.started')).toMatchObject({ seq: 1, session_id: body.id });

    socket.send(Uint8Array.of(1, 0));
    expect((await seen('error')).problem?.code).toBe('conflict');
    socket.send(JSON.stringify({ type: 'speak.start', utterance_id: 'greeting-1', sample_rate: 16_000 }));
    socket.send(Uint8Array.of(1, 0, 2, 0));
    socket.send(JSON.stringify({ type: 'speak.end' }));
    expect((await seen('speak.queued')).utterance_id).toBe('greeting-1');
    const entries = await until(async () => {
      const found = await redis.xrange(`vv:session:${body.id}:commands`, '-', '+');
      return found.length === 3 && found;
    });
    expect(entries.map(([, fields]) => (fields[0] === 'command' ? JSON.parse(fields[1] ?? '{}').type : `${fields[0]} ${fields[1]}`))).toEqual(['speak', 'utterance greeting-1', 'stream_end']);

    messages.length = 0;
    socket.send(JSON.stringify({ type: 'speak.start', utterance_id: 'greeting-1' })); // once is enough
    expect((await seen('error')).problem?.code).toBe('conflict');
    messages.length = 0;
    socket.send('not json');
    expect((await seen('error')).problem?.code).toBe('invalid_request');
    socket.send(JSON.stringify({ type: 'state', state: 'listening', request_id: 'r1' }));
    expect(await seen('cue.accepted')).toEqual({ type: 'cue.accepted', request_id: 'r1' });
    expect((await channel.face(body.id)).cues).toEqual([{ type: 'state', state: 'listening' }]);
    messages.length = 0;
    socket.send(JSON.stringify({ type: 'gesture', gesture: 'wave', request_id: 'r2' }));
    expect(await seen('error')).toMatchObject({ request_id: 'r2', problem: { code: 'invalid_request', detail: expect.stringMatching(/^gesture .*nod/) } });
    messages.length = 0;
    socket.send(JSON.stringify({ type: 'wave' }));
    expect((await seen('error')).problem).toMatchObject({ detail: expect.stringContaining('no command') });
    await channel.report({ sessionId: body.id, epoch: 1, workerId: worker, event: { type: 'utterance.ended', utterance_id: 'greeting-1', interrupted: false, played_ms: 20 } });
    expect(await seen('utterance.ended')).toMatchObject({ data: { utterance_id: 'greeting-1', played_ms: 20 } });
    const closed = new Promise<number>((resolve) => (socket.onclose = ({ code }) => resolve(code)));
    await api.http.delete(`/v1/sessions/${body.id}`).set(bearer(tenant.key));
    expect(await closed).toBe(1000);
  });

  it('answers a WHEP offer’s mistakes by their kind', async () => {
    const { body } = await create();
    const watch = (offer: string, type = 'application/sdp') => api.http.post(`/v1/sessions/${body.id}/whep`).set(bearer(body.client_token)).set('content-type', type).send(offer);
    expect((await watch('v=0', 'application/json')).status).toBeGreaterThanOrEqual(400);
    expect((await watch('nonsense')).status).toBe(400);
    const options = await api.http.options(`/v1/sessions/${body.id}/whep`);
    expect([options.status, options.headers['accept-post']]).toEqual([204, 'application/sdp']);
    expect((await api.http.delete(`/v1/sessions/${body.id}/whep/nobody`).set(bearer(body.client_token))).status).toBe(404);
  });

  it('ends a session that nobody watches or uses', async () => {
    const { body } = await create({ idle_timeout_s: 5 });
    const ended = await until(async () => {
      const { body: session } = await api.http.get(`/v1/sessions/${body.id}`).set(bearer(tenant.key));
      return session.status === 'ended' && session;
    }, 300);
    expect(ended).toMatchObject({ end_reason: 'idle_timeout', credits: 0 });
  });

  it('gives the sessions of a lost worker to another, under a new epoch', async () => {
    const { body } = await create();
    expect((await claim(body.id)).body.resume).toEqual({ ended: [], positions: {}, cues: [], cue_number: 0 });
    await api.http.post(`/v1/sessions/${body.id}/expression`).set(bearer(tenant.key)).send({ expression: 'serious', strength: 0.5 }).expect(202);
    await api.http.post(`/v1/sessions/${body.id}/gesture`).set(bearer(tenant.key)).send({ gesture: 'nod' }).expect(202);
    await lose(worker);
    await beat(`${worker}-next`);
    keepBeating(`${worker}-next`);
    const granted = await until(async () => {
      const answer = await claim(body.id, 2, `${worker}-next`);
      return answer.status === 200 && answer.body;
    });
    expect(granted.epoch).toBe(2);
    expect(granted.resume).toMatchObject({ cues: [{ type: 'expression', expression: 'serious', strength: 0.5 }], cue_number: 2 });
    expect((await fleet.workers()).find(({ workerId }) => workerId === worker)?.claims).toEqual([]);
  });

  it('ends a session as worker_lost when no other worker comes', async () => {
    const { body } = await create();
    await lose(worker);
    const ended = await until(async () => {
      const { body: session } = await api.http.get(`/v1/sessions/${body.id}`).set(bearer(tenant.key));
      return session.status === 'ended' && session;
    }, 400);
    expect(ended.end_reason).toBe('worker_lost');
  });
});
