import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/test-app';

describe('the dashboard', () => {
  let api: TestApp;
  const directory = mkdtempSync(join(tmpdir(), 'visavis-dashboard-'));
  beforeAll(async () => {
    mkdirSync(join(directory, 'built', 'assets'), { recursive: true });
    writeFileSync(join(directory, 'built', 'index.html'), '<!doctype html><title>Visavis</title>');
    writeFileSync(join(directory, 'built', 'assets', 'app-1a2b.js'), 'console.log(1)');
    writeFileSync(join(directory, 'secret.txt'), 'geheim');
    api = await createTestApp({ DASHBOARD_DIR: join(directory, 'built') });
  });
  afterAll(async () => {
    await api?.close();
    rmSync(directory, { recursive: true });
  });

  const browse = (path: string) => api.http.get(path).set('accept', 'text/html,application/xhtml+xml');

  it.each(['/', '/playground', '/avatars/avt_1/edit'])('%s is its page, which may load only what is its own', async (path) => {
    const { text, headers } = await browse(path).expect(200);
    expect(text).toContain('<title>Visavis</title>');
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  it('its built files may be kept for ever', async () => {
    const { headers } = await api.http.get('/assets/app-1a2b.js').expect(200);
    expect(headers['cache-control']).toContain('immutable');
    expect(headers['content-type']).toContain('javascript');
  });

  it('a file that is not there is a 404 and no page', async () => {
    await browse('/assets/app-old.js').expect(404);
  });

  it.each(['/v1/nothing', '/auth/nothing', '/internal/nothing'])('%s is a problem even for a browser', async (path) => {
    expect((await browse(path).expect(404)).headers['content-type']).toContain('application/problem+json');
  });

  it('is no page for who wants no HTML', async () => {
    expect((await api.http.get('/playground').set('accept', 'application/json').expect(404)).body.code).toBe('not_found');
  });

  it.each(['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/assets/....//secret.txt', '/secret.txt%00.js'])('%s does not get out of its folder', async (path) => {
    const { status, text } = await api.http.get(path);
    expect([400, 404]).toContain(status);
    expect(text).not.toContain('geheim');
  });
});
