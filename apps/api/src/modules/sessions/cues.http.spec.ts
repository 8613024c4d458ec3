// Real: the API, PostgreSQL, Redis. No worker: what it would be told is read from its stream.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { workerCommand, type WorkerCommand } from '@visavis/contracts';
import { formatId } from '@visavis/ids';
import { createCommandReader, createRedis, type CommandEntry, type CommandReader, type Redis } from '@visavis/queue';
import { ClientTokens } from '../../access/client-tokens.service';
import { createTestApp, type TestApp, type TestTenant } from '../../testing/test-app';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('what a face is told', () => {
  let api: TestApp;
  let redis: Redis;
  let reader: CommandReader;
  let tenant: TestTenant;
  let sessionId: string;
  let told: CommandEntry[];

  beforeAll(async () => {
    api = await createTestApp();
    redis = createRedis(process.env['TEST_REDIS_URL'] ?? '');
    reader = createCommandReader(process.env['TEST_REDIS_URL'] ?? '', redis, 'cues-spec', () => undefined);
    tenant = await api.createTenant();
  });
  afterAll(async () => {
    await reader.close();
    await api.close();
    redis.disconnect();
  });
  beforeEach(async () => {
    sessionId = await api.createSession(tenant);
    told = [];
    reader.subscribe(formatId('ses', sessionId), (entry) => told.push(entry));
  });

  const post = (action: string, body: object, token = tenant.key) => api.http.post(`/v1/sessions/${formatId('ses', sessionId)}/${action}`).set(bearer(token)).send(body);
  const commands = async (count: number): Promise<WorkerCommand[]> => {
    for (let i = 0; i < 100 && told.length < count; i++) await new Promise((resolve) => setTimeout(resolve, 20));
    return told.map((entry) => workerCommand.parse(entry.kind === 'command' ? entry.command : null));
  };

  it('is taken and handed on in order, numbered, with what was left out', async () => {
    expect((await post('expression', { expression: 'happy' })).body).toEqual({ expression: 'happy', strength: 1 });
    expect((await post('expression', { expression: 'sad', strength: 0.25 })).status).toBe(202);
    expect((await post('gesture', { gesture: 'brow_raise' })).body).toEqual({ gesture: 'brow_raise' });
    expect((await post('state', { state: 'thinking' })).body).toEqual({ state: 'thinking' });
    expect(await commands(4)).toEqual([
      { type: 'cue', number: 1, cue: { type: 'expression', expression: 'happy', strength: 1 } },
      { type: 'cue', number: 2, cue: { type: 'expression', expression: 'sad', strength: 0.25 } },
      { type: 'cue', number: 3, cue: { type: 'gesture', gesture: 'brow_raise' } },
      { type: 'cue', number: 4, cue: { type: 'state', state: 'thinking' } },
    ]);
  });

  it.each([
    ['expression', { expression: 'cheerful' }, 'expression must be one of neutral, happy, serious, surprised, sad, angry.'],
    ['expression', { expression: 'happy', strength: 1.5 }, 'strength must be 1 or less.'],
    ['gesture', { gesture: 'wave' }, 'gesture must be one of nod, shake, brow_raise, wink, tilt.'],
    ['state', {}, 'state must be one of idle, listening, thinking.'],
  ])('%s %j is refused in words', async (action, body, detail) => {
    const answer = await post(action, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'invalid_request', detail });
  });

  it('may come from a page that may speak, not from one that only watches', async () => {
    const token = async (scopes: ('view' | 'speak')[]) => (await api.app.get(ClientTokens).issue({ sessionId, tenantId: tenant.tenantId, scopes, ttlS: 60 })).token;
    expect((await post('gesture', { gesture: 'nod' }, await token(['view', 'speak']))).status).toBe(202);
    expect((await post('gesture', { gesture: 'nod' }, await token(['view']))).status).toBe(403);
  });

  it('is refused once the session is over', async () => {
    await api.http.delete(`/v1/sessions/${formatId('ses', sessionId)}`).set(bearer(tenant.key)).expect(200);
    for (const [action, body] of [['expression', { expression: 'happy' }], ['gesture', { gesture: 'nod' }], ['state', { state: 'idle' }]] as const) {
      expect((await post(action, body)).body).toMatchObject({ status: 409, code: 'session_ended' });
    }
  });

  it('comes with speech: an expression for the whole, marks within', async () => {
    const answer = await post('speak', { text: 'Well <gesture name="nod"/>done. <break time="1s"/><speaker', expression: 'happy' });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ path: 'text' }] });
    expect(answer.body.detail).toContain('"<speaker" at character 51');
    expect((await post('speak', { text: 'Well <gesture name="nod"/>done.', expression: 'happy', strength: 0.5 })).status).toBe(202);
    expect(await commands(1)).toMatchObject([
      { type: 'speak', mood: { expression: 'happy', strength: 0.5 }, source: { kind: 'text', text: 'Well done.', marks: [{ type: 'gesture', at: 5, gesture: 'nod' }] } },
    ]);
    expect((await post('speak', { text: 'Well done.', strength: 0.5 })).body).toMatchObject({ status: 400, errors: [{ path: 'strength' }] });
  });
});
