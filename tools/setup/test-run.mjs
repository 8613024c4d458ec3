// The stages of `npm test`, one after the other, and their sum.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { outwardAddress } from '../dev-environment.mjs';
import { rootDir, runNx } from './checkout.mjs';
import { runForeground } from './foreground.mjs';
import { freePort, homeSecrets, readJsonFile } from './home.mjs';
import { prepare } from './prepare.mjs';
import { elapsed, reportFailure, say, step } from './progress.mjs';
import { startProduct } from './product.mjs';
import { startServices } from './services.mjs';
import { reportExit } from './supervisor.mjs';
import { startTestServices, testPrograms } from './test-services.mjs';
import { openThrowAwayHome } from './throw-away-home.mjs';

export const stages = ['lint', 'types', 'unit', 'integration', 'e2e'];

/** Workers that the end-to-end tests find running: one to lose, one to take over. */
const e2eWorkers = 2;

export class TestRun {
  passed = 0;
  failed = 0;
  #chosen;

  constructor(chosen) {
    this.#chosen = new Set(chosen);
  }

  /** The closing line; a run that ends early for another reason than a failed test counts as a failure. */
  summary(code) {
    const failed = code !== 0 && this.failed === 0 ? 1 : this.failed;
    return `${this.passed} passed, ${failed} failed`;
  }

  async run(adopt, leave) {
    const e2e = this.#chosen.has('e2e') && hasTests(join(rootDir, 'e2e'));
    const withServices = this.#chosen.has('integration') || e2e;
    const { workerBinary } = await prepare({ programs: withServices ? ['chromium', 'firefox', 'ip'] : [], outside: {}, build: e2e ? 'apps' : 'client' });
    this.workerBinary = workerBinary;
    const scratch = adopt(await openThrowAwayHome('reports'));
    this.reports = scratch.home;

    if (this.#chosen.has('lint')) await this.#nx('Lint', 'lint');
    if (this.#chosen.has('types')) await this.#nx('Types', 'typecheck');
    if (this.#chosen.has('unit')) await this.#vitest('Unit tests', 'unit', testPrograms(workerBinary));
    if (this.#chosen.has('integration')) await this.#guarded('Integration tests', () => this.#integration(adopt, leave));
    if (e2e) await this.#guarded('End-to-end tests', () => this.#endToEnd(adopt, leave));
    say(`\n${elapsed()} in all`);
  }

  /** A stage that cannot even start is a failure, and the stages after it still run. */
  async #guarded(title, work) {
    try {
      await work();
    } catch (error) {
      reportFailure(error);
      say(`✗ ${title} could not run`);
      this.failed += 1;
    }
  }

  async #nx(title, target) {
    heading(title);
    try {
      await step(`nx run-many -t ${target}`, (note) => runNx(target, note));
    } catch (error) {
      say(`\n${error.message}`);
      this.failed += 1;
    }
  }

  async #integration(adopt, leave) {
    heading('Services for the integration tests');
    const supervisor = adopt(await openThrowAwayHome('integration'));
    const env = await startTestServices(supervisor, { workerBinary: this.workerBinary, onExit: () => void leave(1) });
    await this.#vitest('Integration tests', 'integration', env);
    await supervisor.stop();
  }

  async #endToEnd(adopt, leave) {
    heading('A product for the end-to-end tests');
    const supervisor = adopt(await openThrowAwayHome('product'));
    const { home } = supervisor;
    const secrets = homeSecrets(home);
    const onExit = (child) => {
      reportExit(child);
      void leave(1);
    };
    const services = await startServices({ home, children: supervisor, secrets, outside: {}, throwAway: true, onExit });
    const host = '127.0.0.1';
    // Firefox takes no media from a loopback address.
    const mediaAddress = outwardAddress();
    const dev = await startProduct({
      ...{ supervisor, services, secrets, workerBinary: this.workerBinary, host, port: await freePort(host) },
      // One stock avatar is enough: the tests need the processor for themselves.
      apiExtra: { MEDIA_ADDRESS: mediaAddress, MEDIA_LISTEN: mediaAddress, STOCK_AVATARS: 'first' },
      ...{ workers: e2eWorkers, slots: 6, restartWorkers: false, onApiExit: onExit },
    });
    await this.#vitest('End-to-end tests', 'e2e', {
      ...testPrograms(this.workerBinary),
      VISAVIS_HOME: home,
      VISAVIS_URL: dev.url,
      VISAVIS_DEV_JSON: join(home, 'dev.json'),
      // Names and process ids of what runs (api, worker-1, worker-2), and the environment for a worker that a test starts itself.
      VISAVIS_PROCESSES_JSON: join(home, 'processes.json'),
      VISAVIS_WORKER_ENVIRONMENT_JSON: join(home, 'worker-environment.json'),
      VISAVIS_MEDIA_ADDRESS: mediaAddress,
      TEST_DATABASE_URL: services.databaseOwnerUrl,
      TEST_REDIS_URL: services.redisUrl,
      TEST_S3_ENDPOINT: services.storage.endpoint,
    });
    await supervisor.stop();
  }

  async #vitest(title, project, env) {
    heading(title);
    const report = join(this.reports, `${project}.json`);
    const args = ['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const code = await runForeground(join(rootDir, 'node_modules', '.bin', 'vitest'), args, { ...process.env, ...env });
    const counts = readJsonFile(report);
    this.passed += counts?.numPassedTests ?? 0;
    const failed = counts?.numFailedTests ?? 0;
    // A file that does not load fails without a failed test.
    this.failed += code !== 0 && failed === 0 ? 1 : failed;
  }
}

function heading(title) {
  say(`\n── ${title} ${'─'.repeat(Math.max(3, 90 - title.length))}`);
}

function hasTests(dir) {
  return existsSync(dir) && readdirSync(dir, { recursive: true }).some((name) => String(name).endsWith('.spec.ts') && !String(name).includes('node_modules'));
}
