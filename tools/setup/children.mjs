// The processes that a set-up program starts. Each gets a process group of its own, so that Ctrl-C in the terminal reaches only the supervisor, which then
// stops them in the right order; each is noted in a file with the moment it began, so that after a kill -9 the next run ends what was left, and nothing
// that merely got the same number.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processAlive } from './file-lock.mjs';

const logTailBytes = 6000;

export class Children {
  #home;
  #running = [];

  /** @param {string} home the VISAVIS_HOME whose processes these are */
  constructor(home) {
    this.#home = home;
    mkdirSync(join(home, 'logs'), { recursive: true, mode: 0o700 });
  }

  /**
   * Starts a process whose output goes to its log.
   * @param {{ name: string, command: string, args: string[], env?: object, cwd?: string, uid?: number, gid?: number, stopSignal?: NodeJS.Signals,
   *   stopTimeoutMs?: number, onExit?: (child: object) => void }} options `onExit` is called only for an end that nobody asked for
   */
  start({ name, command, args, env = process.env, cwd, uid, gid, stopSignal = 'SIGTERM', stopTimeoutMs = 10_000, onExit }) {
    const logPath = join(this.#home, 'logs', `${name}.log`);
    const logStart = sizeOf(logPath);
    const log = openSync(logPath, 'a');
    const handle = spawn(command, args, { env, cwd, uid, gid, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const child = { name, pid: handle.pid, logPath, logStart, stopSignal, stopTimeoutMs, stopping: false, exit: undefined, exited: undefined };
    child.exited = new Promise((resolve) => {
      const ended = (code, signal) => {
        if (child.exit) return;
        child.exit = { code, signal };
        this.#running = this.#running.filter((other) => other !== child);
        this.#note();
        resolve();
        if (!child.stopping) onExit?.(child);
      };
      handle.on('exit', ended);
      handle.on('error', (error) => {
        child.error = error;
        ended(null, null);
      });
    });
    this.#running.push(child);
    this.#note();
    return child;
  }

  /** Stops one child and waits until it is gone; one that does not listen is killed with its whole group. */
  async stop(child) {
    child.stopping = true;
    if (child.exit) return;
    signalGroup(child.pid, child.stopSignal, false);
    const inTime = await Promise.race([child.exited.then(() => true), delay(child.stopTimeoutMs).then(() => false)]);
    if (!inTime) {
      signalGroup(child.pid, 'SIGKILL', true);
      await child.exited;
    }
  }

  #note() {
    const entries = this.#running.filter((child) => child.pid).map(({ name, pid, stopSignal }) => ({ name, pid, began: beganAt(pid), stopSignal }));
    const path = join(this.#home, 'processes.json');
    try {
      writeFileSync(`${path}.new`, JSON.stringify(entries));
      renameSync(`${path}.new`, path);
    } catch {
      // The home was removed under us. Ending what we started still works, and matters more.
    }
  }
}

/** Ends the processes that a killed run of this home left behind; returns their names. */
export async function endLeftovers(home) {
  let entries;
  try {
    entries = JSON.parse(readFileSync(join(home, 'processes.json'), 'utf8'));
  } catch {
    return [];
  }
  const left = entries.filter(({ pid, began }) => processAlive(pid) && began && beganAt(pid) === began);
  // Apps were started after the services they use; they go first.
  for (const { pid, stopSignal } of left.reverse()) {
    signalGroup(pid, stopSignal, false);
    for (let waited = 0; processAlive(pid) && waited < 10_000; waited += 100) await delay(100);
    if (processAlive(pid)) signalGroup(pid, 'SIGKILL', true);
    for (let waited = 0; processAlive(pid) && waited < 5_000; waited += 100) await delay(100);
  }
  writeFileSync(join(home, 'processes.json'), '[]');
  return left.map(({ name }) => name);
}

/** What a child wrote since it was started, at most its last `lines` lines. */
export function lastLines(child, lines = 20) {
  try {
    const text = readFileSync(child.logPath).subarray(child.logStart);
    return text.subarray(-logTailBytes).toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

/** How a child ended, in words. */
export function describeExit(child) {
  if (child.error) return `could not be started: ${child.error.message}`;
  return child.exit?.signal ? `was ended by ${child.exit.signal}` : `ended with code ${child.exit?.code}`;
}

/** When a process began, as the system tells it: with the id, this names a process for good. */
export function beganAt(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    } catch {
      return undefined;
    }
  }
  return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || undefined;
}

function signalGroup(pid, signal, group) {
  try {
    process.kill(group ? -pid : pid, signal);
  } catch {
    // It is gone already.
  }
}

function sizeOf(path) {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

export function delay(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
