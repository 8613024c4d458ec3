// A lock between processes of one machine, as a file that names its owner. One left behind by a killed process is taken over.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whether a process with this id runs, whoever owns it. One that has ended and was not yet collected by its parent does not run. */
export function processAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z';
  } catch {
    return false;
  }
}

/**
 * Takes the lock at `path`.
 * @returns {{ release: () => void } | { owner: number }} the lock, or the id of the living process that holds it
 */
export function tryLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  // Written aside and then linked: so the lock never exists without its owner's id in it.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        linkSync(draft, path);
        return { release: () => releaseIfOwned(path) };
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const owner = ownerOf(path);
      if (owner === process.pid) return { release: () => releaseIfOwned(path) };
      if (processAlive(owner)) return { owner };
      rmSync(path, { force: true });
    }
    return { owner: ownerOf(path) };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes the lock at `path`, waiting for whoever holds it; `onWait(pid)` is called once if that is needed. */
export async function lock(path, onWait) {
  let told = false;
  for (;;) {
    const result = tryLock(path);
    if ('release' in result) return result.release;
    if (!told) onWait?.(result.owner);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function ownerOf(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return 0;
  }
}

function releaseIfOwned(path) {
  if (ownerOf(path) === process.pid) rmSync(path, { force: true });
}
