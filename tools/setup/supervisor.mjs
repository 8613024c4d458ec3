// One running copy: its children, how they end, and how the program leaves. Whatever the reason, it stops everything it started, apps before services.
import { Children, describeExit, endLeftovers, lastLines } from './children.mjs';
import { openHome } from './home.mjs';
import { stopWhenOrphaned } from './node-runtime.mjs';
import { reportFailure, say } from './progress.mjs';

const services = ['s3', 'redis', 'postgres'];

export class Supervisor {
  #apps = [];
  #services = [];
  #children;
  #release;
  #stopping;

  /**
   * Opens the home for this process alone, and ends what a killed run left in it.
   * @param {string} home
   */
  static async open(home) {
    const release = openHome(home);
    const left = await endLeftovers(home);
    if (left.length > 0) say(`  ended what an interrupted run had left: ${left.join(', ')}`);
    return new Supervisor(home, release);
  }

  constructor(home, release) {
    this.home = home;
    this.#release = release;
    this.#children = new Children(home);
  }

  /** For whoever starts a process: remembers whether it is an app or a service. */
  start(options) {
    const child = this.#children.start(options);
    (services.includes(options.name) ? this.#services : this.#apps).push(child);
    return child;
  }

  stopOne(child) {
    return this.#children.stop(child);
  }

  get stopping() {
    return this.#stopping !== undefined;
  }

  /** Stops everything; a second call waits for the first. */
  stop() {
    this.#stopping ??= (async () => {
      await Promise.all(this.#apps.map((child) => this.#children.stop(child)));
      // Services in the opposite order of their start, so PostgreSQL, which everything writes to, comes last.
      for (const child of [...this.#services].reverse()) await this.#children.stop(child);
      this.#release();
    })();
    return this.#stopping;
  }
}

/** Says what became of a child that ended without being asked to, with the end of its log. */
export function reportExit(child) {
  const tail = lastLines(child);
  say(`\n✗ ${child.name} ${describeExit(child)}. Its log is ${child.logPath}${tail ? ` and ends with:\n${tail.replace(/^/gm, '    ')}` : '.'}`);
}

/**
 * Runs a program of the set-up to its end: `main` gets a function that takes the supervisors to stop. Ends the process.
 * @param {(adopt: (supervisor: Supervisor) => Supervisor) => Promise<number>} main resolves to the exit code
 * @param {() => void} [atEnd] called last of all, after everything was stopped
 */
export async function runProgram(main, atEnd) {
  const supervisors = [];
  let leaving;
  const leave = (code, text) => {
    leaving ??= (async () => {
      if (text) say(text);
      for (const supervisor of supervisors.reverse()) await supervisor.stop();
      atEnd?.(code);
      process.exit(code);
    })();
    return leaving;
  };
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  for (const [signal, code] of Object.entries(codes)) process.on(signal, () => leave(code, supervisors.length > 0 && !leaving ? '\nStopping …' : ''));
  stopWhenOrphaned(() => leave(143));
  // A reader of our output that went away (`npm start | head`) is no reason to leave processes behind.
  process.stdout.on('error', () => leave(1));
  try {
    const code = await main((supervisor) => {
      supervisors.push(supervisor);
      return supervisor;
    }, leave);
    await leave(code);
  } catch (error) {
    if (leaving) return leaving;
    reportFailure(error);
    await leave(1);
  }
}
