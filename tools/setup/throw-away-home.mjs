// Homes for tests: below the system's folder for temporary files, named by the process that uses them, and removed at its end. What a killed run left is
// ended and removed by the next.
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { rootDir } from './checkout.mjs';
import { endLeftovers } from './children.mjs';
import { processAlive } from './file-lock.mjs';
import { SetupError } from './progress.mjs';
import { Supervisor } from './supervisor.mjs';

const base = join(tmpdir(), `visavis-${userInfo().uid}`);
const checkout = createHash('sha256').update(rootDir).digest('hex').slice(0, 8);

/** @returns {Promise<Supervisor>} one whose stop() also removes its home */
export async function openThrowAwayHome(name) {
  mkdirSync(base, { recursive: true, mode: 0o711 });
  // Everyone may make names there: one that somebody else made is not ours to trust.
  if (lstatSync(base).uid !== userInfo().uid) throw new SetupError(`${base} belongs to someone else. Remove it, or set TMPDIR.`);
  await removeAbandoned();
  const home = join(base, `${checkout}-${process.pid}-${name}`);
  const supervisor = await Supervisor.open(home);
  const stop = supervisor.stop.bind(supervisor);
  supervisor.stop = async () => {
    await stop();
    if (!process.env.VISAVIS_KEEP_HOME) rmSync(home, { recursive: true, force: true });
  };
  return supervisor;
}

async function removeAbandoned() {
  for (const entry of readdirSync(base)) {
    const [owner, pid] = entry.split('-');
    if (owner !== checkout || processAlive(Number(pid))) continue;
    await endLeftovers(join(base, entry));
    rmSync(join(base, entry), { recursive: true, force: true });
  }
}
