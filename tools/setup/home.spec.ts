import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databaseUrlAs } from '../dev-environment.mjs';
import { freePort, homeSecrets, openHome, publicPort } from './home.mjs';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'visavis-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('a home', () => {
  it('keeps its secrets, for its owner only', () => {
    const secrets = homeSecrets(home);
    expect(homeSecrets(home)).toEqual(secrets);
    expect(secrets.secretKey).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(join(home, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('lets other users pass through to PostgreSQL, and read nothing else, also one that was open before', () => {
    mkdirSync(join(home, 'objects', 'visavis'), { recursive: true });
    mkdirSync(join(home, 'postgres'));
    for (const path of [home, join(home, 'objects'), join(home, 'postgres')]) chmodSync(path, 0o755);
    openHome(home)();
    const mode = (...names: string[]) => statSync(join(home, ...names)).mode & 0o777;
    expect(mode()).toBe(0o711);
    for (const name of ['logs', 'objects', 'redis', 'worker-cache']) expect([name, mode(name)]).toEqual([name, 0o700]);
    // Another user's, who closes it himself.
    expect(mode('postgres')).toBe(0o755);
  });

  it('belongs to one running copy, and says where that is', () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      writeFileSync(join(home, 'supervisor.pid'), String(other.pid));
      writeFileSync(join(home, 'dev.json'), '{"url":"http://127.0.0.1:4242"}');
      expect(() => openHome(home)).toThrow(/already runs .* at http:\/\/127\.0\.0\.1:4242 \(process \d+\)/);
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('is free again after its copy ended', () => {
    openHome(home)();
    expect(() => openHome(home)()).not.toThrow();
  });
});

describe('PORT', () => {
  it('0 takes a free one, a number that number', async () => {
    expect(await publicPort('127.0.0.1', '0')).toBeGreaterThan(0);
    const port = await freePort();
    expect(await publicPort('127.0.0.1', String(port))).toBe(port);
  });

  it('that is taken is said before anything starts', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)));
    await expect(publicPort('127.0.0.1', String(port))).rejects.toThrow(`Port ${port} is in use by another program`);
    server.close();
  });

  it.each(['x', '-1', '70000', '3.5'])('%s is refused', async (text) => {
    await expect(publicPort('127.0.0.1', text)).rejects.toThrow('is not a port');
  });
});

it('another login reaches the same database', () => {
  expect(databaseUrlAs('postgresql://owner:a%40b@db.example:6432/visavis?sslmode=require', 'visavis_app', 'c/d')).toBe(
    'postgresql://visavis_app:c%2Fd@db.example:6432/visavis?sslmode=require',
  );
});
