import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lock, processAlive, tryLock } from './file-lock.mjs';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'visavis-lock-'));
  path = join(dir, 'a.lock');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the lock between processes', () => {
  it('is free after its release', () => {
    const first = tryLock(path);
    expect(first).toHaveProperty('release');
    if ('release' in first) first.release();
    expect(existsSync(path)).toBe(false);
    expect(tryLock(path)).toHaveProperty('release');
  });

  it('names the living process that holds it, and leaves it alone', () => {
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      writeFileSync(path, String(holder.pid));
      expect(tryLock(path)).toEqual({ owner: holder.pid });
      expect(existsSync(path)).toBe(true);
    } finally {
      holder.kill('SIGKILL');
    }
  });

  it('is taken over from a process that is gone', () => {
    const gone = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(path, String(gone.pid));
    expect(tryLock(path)).toHaveProperty('release');
  });

  it('is waited for', async () => {
    const holder = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 300)'], { stdio: 'ignore' });
    writeFileSync(path, String(holder.pid));
    let waitedFor = 0;
    const release = await lock(path, (pid: number) => (waitedFor = pid));
    expect(waitedFor).toBe(holder.pid);
    release();
  });

  it('does not take nonsense for a process', () => {
    expect([0, -1, Number.NaN, 1.5].map(processAlive)).toEqual([false, false, false, false]);
  });
});
