import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid, formatId } from '@visavis/ids';
import { ClientTokens } from './access/client-tokens.service';
import { createTestApp, type TestApp, type TestTenant } from './testing/test-app';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly forPages: boolean;
  readonly body: { content?: Record<string, { example?: unknown }> } | undefined;
}

// A body for each route with one, valid, so that the answer is about the id and not about the body.
const BODIES: Readonly<Record<string, unknown>> = {
  '/v1/avatars/{id}': { name: 'Mine now' },
  '/v1/sessions/{id}/speak': { text: 'Hello' },
  '/v1/sessions/{id}/expression': { expression: 'happy' },
  '/v1/sessions/{id}/gesture': { gesture: 'nod' },
  '/v1/sessions/{id}/state': { state: 'listening' },
  '/v1/sessions/{id}/tokens': { scopes: ['view'] },
};
const SDP = 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';

describe('one tenant with the ids of another', () => {
  let api: TestApp;
  let owner: TestTenant;
  let stranger: TestTenant;
  let strangersCookie: string;
  let routes: Route[];
  let ids: Record<string, string>;

  beforeAll(async () => {
    api = await createTestApp();
    owner = await api.createTenant();
    stranger = await api.createTenant();
    strangersCookie = await api.signIn(await api.createMember(stranger.tenantId, 'owner'));
    const voiceId = `own-${newUuid().slice(0, 8)}`;
    await api.database.ownerSql("INSERT INTO voices (id, tenant_id, name, language, gender, engine) VALUES ($1, $2, 'Own', 'en-US', 'neutral', 'flite')", [voiceId, owner.tenantId]);
    ids = {
      '/v1/avatars': formatId('avt', owner.avatarId),
      '/v1/sessions': formatId('ses', await api.createSession(owner)),
      '/v1/api-keys': formatId('key', (await api.createKey(owner.tenantId)).id),
      '/v1/voices': voiceId,
    };
    const { body } = await api.http.get('/openapi.json').expect(200);
    routes = Object.entries(body.paths as Record<string, Record<string, { requestBody?: Route['body']; security?: object[] }>>)
      .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({
          method,
          path,
          body: operation.requestBody,
          forPages: operation.security?.some((way) => 'client_token' in way) === true,
        })))
      .filter(({ path, method }) => path.includes('{id}') && method !== 'options');
  });
  afterAll(() => api?.close());

  const call = (route: Route, id: string, credentials: Record<string, string>) => {
    const address = route.path.replace('{id}', id).replace('{viewer}', newUuid());
    const request = (api.http as unknown as Record<string, (path: string) => ReturnType<TestApp['http']['get']>>)[route.method]!(address).set(credentials);
    const sdpType = Object.keys(route.body?.content ?? {}).find((type) => type.includes('sdp'));
    if (sdpType !== undefined) return request.set('content-type', sdpType).send(SDP);
    return route.body === undefined ? request : request.send(BODIES[route.path] as object);
  };
  const idFor = (path: string) => ids[path.split('/').slice(0, 3).join('/')];

  it('knows an id and a body for every route', () => {
    expect(routes.length).toBeGreaterThan(10);
    for (const { path, body } of routes) {
      expect(idFor(path), path).toBeDefined();
      const json = body?.content !== undefined && !Object.keys(body.content).some((type) => type.includes('sdp'));
      if (json) expect(BODIES[path], path).toBeDefined();
    }
  });

  it('gets a 404 from every route with its key', async () => {
    const answers = [];
    for (const route of routes) answers.push(`${(await call(route, idFor(route.path)!, { authorization: `Bearer ${stranger.key}` })).status} ${route.method} ${route.path}`);
    expect(answers.filter((answer) => !answer.startsWith('404'))).toEqual([]);
  });

  it('gets a 404 from every route with its cookie', async () => {
    const answers = [];
    for (const route of routes) answers.push(`${(await call(route, idFor(route.path)!, { cookie: strangersCookie, 'sec-fetch-site': 'same-origin' })).status} ${route.method} ${route.path}`);
    expect(answers.filter((answer) => !answer.startsWith('404'))).toEqual([]);
  });

  it('gets a 404 from every route that pages use with the token of its own session', async () => {
    const sessionId = await api.createSession(stranger);
    const { token } = await api.app.get(ClientTokens).issue({ sessionId, tenantId: stranger.tenantId, scopes: ['view', 'speak', 'control'], ttlS: 60 });
    const forPages = routes.filter(({ forPages }) => forPages);
    expect(forPages.length).toBeGreaterThan(4);
    const answers = [];
    for (const route of forPages) answers.push(`${(await call(route, idFor(route.path)!, { authorization: `Bearer ${token}` })).status} ${route.method} ${route.path}`);
    expect(answers.filter((answer) => !answer.startsWith('404'))).toEqual([]);
  });

  it('gets the same words for a thing of others as for nothing at all', async () => {
    for (const route of routes.filter(({ path }) => path.startsWith('/v1/sessions') || path.startsWith('/v1/avatars'))) {
      const prefix = route.path.startsWith('/v1/sessions') ? 'ses' : 'avt';
      const theirs = await call(route, idFor(route.path)!, { authorization: `Bearer ${stranger.key}` });
      const nothing = await call(route, formatId(prefix, newUuid()), { authorization: `Bearer ${stranger.key}` });
      expect([theirs.status, theirs.body.detail], `${route.method} ${route.path}`).toEqual([nothing.status, nothing.body.detail]);
    }
  });

  it('finds nothing of others in any list', async () => {
    for (const path of Object.keys(ids)) {
      const { text } = await api.http.get(`${path}?limit=100`).auth(stranger.key, { type: 'bearer' }).expect(200);
      expect(text, path).not.toContain(ids[path]);
    }
  });

  it('lets the owner in: the ids are real', async () => {
    for (const path of Object.keys(ids)) await api.http.get(`${path}/${ids[path]}`).auth(owner.key, { type: 'bearer' }).expect(200);
  });
});
