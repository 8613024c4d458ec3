import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Product } from './product.ts';

const workerMain = fileURLToPath(new URL('../../apps/worker/dist/main.js', import.meta.url));

interface RunningProcess {
  name: string;
  pid: number;
}

/** The processes of the product under test, as the program that started them notes them: api, worker-1, worker-2, services. */
export function productProcesses({ home }: Product): RunningProcess[] {
  return JSON.parse(readFileSync(process.env['VISAVIS_PROCESSES_JSON'] ?? join(home, 'processes.json'), 'utf8')) as RunningProcess[];
}

/** Kills the process that calls itself by this worker id (its name and a suffix), so that it can't say goodbye. */
export function killWorker(product: Product, workerId: string): void {
  const found = productProcesses(product).find(({ name }) => workerId === name || workerId.startsWith(`${name}-`));
  if (!found) throw new Error(`no process of the product is the worker ${workerId}`);
  process.kill(found.pid, 'SIGKILL');
}

/** Another worker for the product, stopped by the test that started it. */
export class ExtraWorker {
  readonly id = `extra-${randomBytes(3).toString('hex')}`;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(product: Product) {
    const path = process.env['VISAVIS_WORKER_ENVIRONMENT_JSON'] ?? join(product.home, 'worker-environment.json');
    const env = JSON.parse(readFileSync(path, 'utf8')) as NodeJS.ProcessEnv;
    this.#child = spawn(process.execPath, [workerMain], { env: { ...env, WORKER_ID: this.id, WORKER_DRAIN_S: '0' }, stdio: 'ignore' });
    this.#ended = new Promise((resolve) => this.#child.once('exit', () => resolve()));
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
