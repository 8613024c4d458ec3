import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Preparer, UPLOAD_FILE } from './preparer.ts';

/** The real launcher and real processes; the child does what its upload says. */
describe('Preparer', () => {
  let preparer: Preparer;
  let root: string;
  /** Of the latest preparation. */
  let folder: string;

  beforeEach(() => {
    preparer = new Preparer({ launcher: new URL('./prepare-launcher.ts', import.meta.url), child: new URL('./testing/preparing-child.ts', import.meta.url) });
    root = mkdtempSync(join(tmpdir(), 'visavis-preparer-'));
  });

  afterEach(() => {
    preparer.close();
    rmSync(root, { recursive: true });
  });

  const prepare = (upload: string, onProgress = () => undefined as void) => {
    folder = mkdtempSync(join(root, 'one-'));
    writeFileSync(join(folder, UPLOAD_FILE), upload);
    return preparer.prepare(folder, onProgress);
  };
  const pids = async () => {
    const written = await vi.waitUntil(() => existsSync(join(folder, 'pids')) && readFileSync(join(folder, 'pids'), 'utf8'), { timeout: 10_000 });
    const [child, launcher] = written.split(' ').map(Number);
    return { child: child!, launcher: launcher! };
  };
  const ended = (pid: number) => vi.waitUntil(() => !isRunning(pid), { timeout: 10_000 });

  it('passes on progress and outcome, from a process behind all others', async () => {
    const progress = vi.fn();
    await expect(prepare('refuse', progress)).resolves.toEqual({ status: 'failed', code: 'no_face', detail: 'niceness 19' });
    expect(progress).toHaveBeenCalledExactlyOnceWith({ fraction: 0.5, step: 'Reading' });
    await ended((await pids()).child);
  });

  it.runIf(platform() === 'linux' && existsSync('/proc/self/autogroup'))('has a group of its own, which comes behind others, too', async () => {
    void prepare('hang').catch(() => undefined);
    const { child } = await pids();
    // It may take a second try.
    await vi.waitFor(() => expect(readFileSync(`/proc/${child}/autogroup`, 'utf8')).toMatch(/nice 10$/m), { timeout: 10_000 });
  });

  it('says what a process that broke said, and goes on with the next', async () => {
    await expect(prepare('crash')).rejects.toThrow(/ended with 3: out of pixels/);
    await expect(prepare('break')).rejects.toThrow('no memory');
    await expect(prepare('refuse')).resolves.toMatchObject({ status: 'failed' });
  });

  it('goes on with the next when the process that begins others was lost', async () => {
    const lost = prepare('hang');
    const { child, launcher } = await pids();
    process.kill(launcher, 'SIGKILL');
    await expect(lost).rejects.toThrow(/the process that begins preparing ones ended/);
    await ended(child);
    await expect(prepare('refuse')).resolves.toMatchObject({ status: 'failed' });
  });

  it('takes nothing that comes late for what the next one says', async () => {
    // The launcher sees the end of the child before this thread, which is busy, tells it to stop.
    const busy = () => {
      const until = performance.now() + 300;
      while (performance.now() < until);
    };
    for (let round = 0; round < 2; round++) {
      await expect(prepare('refuse', busy)).resolves.toMatchObject({ status: 'failed' });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

  it('begins nothing more once it is closed', async () => {
    preparer.close();
    await expect(prepare('refuse')).rejects.toThrow('this worker is stopping');
  });

  it('leaves no process behind', async () => {
    void prepare('hang').catch(() => undefined);
    const { child, launcher } = await pids();
    preparer.close();
    await ended(child);
    await ended(launcher);
    expect(existsSync(folder)).toBe(false);
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
