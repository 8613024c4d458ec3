import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey, createAvatarUpload, createSession, createToken, signIn, speak, updateAvatar } from '@visavis/contracts';
import { createTestApp, type TestApp } from '../../testing/test-app';

interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content?: Record<string, { example?: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema?: unknown; example?: unknown }> }>;
}

const BODIES = {
  'post /auth/sign-in': signIn,
  'post /v1/api-keys': createApiKey,
  'post /v1/avatars': createAvatarUpload,
  'patch /v1/avatars/{id}': updateAvatar,
  'post /v1/sessions': createSession,
  'post /v1/sessions/{id}/speak': speak,
  'post /v1/sessions/{id}/tokens': createToken,
};

describe('the description of the API', () => {
  let api: TestApp;
  let operations: { method: string; path: string; operation: Operation }[];
  let document: { openapi: string; components: { schemas: Record<string, unknown> } };
  beforeAll(async () => {
    api = await createTestApp();
    const { body } = await api.http.get('/openapi.json').expect(200);
    document = body;
    operations = Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
    );
  });
  afterAll(() => api?.close());

  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toMatch(/^3\.1/);
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
  });

  it('has every public route and no internal one', () => {
    const routes = operations.map(({ method, path }) => `${method} ${path}`);
    expect(routes).toEqual(expect.arrayContaining(['post /v1/sessions', 'post /v1/avatars', 'get /v1/voices', 'get /v1/credits', 'get /v1/usage', 'post /v1/api-keys', 'post /auth/sign-in']));
    expect(routes.filter((route) => route.includes('internal'))).toEqual([]);
  });

  it('gives each operation a summary, a group, an id of its own, a success and its problems', () => {
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { method, path, operation } of operations) {
      const where = `${method} ${path}`;
      expect(operation.summary, where).toBeTruthy();
      expect(operation.tags?.length, where).toBe(1);
      expect(Object.keys(operation.responses).some((status) => /^[12]/.test(status)), where).toBe(true);
      expect(operation.responses[500]?.content?.['application/problem+json'], where).toBeDefined();
      for (const [status, response] of Object.entries(operation.responses)) expect(response.description, `${where} ${status}`).toBeTruthy();
    }
  });

  it('declares every parameter that is in a path', () => {
    for (const { path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
      expect(declared.sort(), path).toEqual(named.sort());
    }
  });

  it('shows an example of every JSON that goes in or out', () => {
    for (const { method, path, operation } of operations) {
      for (const [status, response] of Object.entries(operation.responses)) {
        const json = response.content?.['application/json'];
        if (json !== undefined) expect(json.example, `${method} ${path} ${status}`).toBeDefined();
      }
    }
  });

  it.each(Object.entries(BODIES))('shows a body for %s that the route would take', (route, schema) => {
    const found = operations.find(({ method, path }) => route === `${method} ${path}`);
    const example = found?.operation.requestBody?.content?.['application/json']?.example;
    expect(schema.safeParse(example)).toMatchObject({ success: true });
  });

  it('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]!);
    expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
  });

  it('is rendered at /docs without a script and without anything from elsewhere', async () => {
    const { text, headers } = await api.http.get('/docs').expect(200);
    expect(headers['content-type']).toContain('text/html');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text).toContain('/v1/sessions/{id}/speak');
    expect(text).not.toMatch(/<script|src="http|href="http/);
  });
});
