// npm test: sets up what is missing, then lint, types, unit, integration and end-to-end tests, with services and a product of its own on free ports.
// The last line says how many passed and failed. `npm test -- unit integration` runs only the named stages.
import { ensureNode } from './setup/node-runtime.mjs';

await ensureNode();

const { runProgram } = await import('./setup/supervisor.mjs');
const { TestRun, stages } = await import('./setup/test-run.mjs');
const { SetupError } = await import('./setup/progress.mjs');

const chosen = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const testRun = new TestRun(chosen.length > 0 ? chosen : stages);

await runProgram(
  async (adopt, leave) => {
    const unknown = chosen.filter((name) => !stages.includes(name));
    if (unknown.length > 0) throw new SetupError(`There is no stage ${unknown.join(', ')}; there are ${stages.join(', ')}.`);
    await testRun.run(adopt, leave);
    return testRun.failed > 0 ? 1 : 0;
  },
  (code) => process.stdout.write(`${testRun.summary(code)}\n`),
);
