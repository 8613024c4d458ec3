// Runs one command with real services of its own, for a developer who wants a single test:
//   node tools/services.mjs -- npx vitest run libs/db
// The command finds them as TEST_DATABASE_URL (owner), TEST_REDIS_URL, TEST_S3_ENDPOINT (with TEST_S3_* for keys and bucket), MEDIASOUP_WORKER_BIN and
// CHROMIUM_PATH. They are thrown away when it ends. It installs nothing: `npm test` or `npm start` once before.
import { ensureNode } from './setup/node-runtime.mjs';

await ensureNode();

const { runProgram } = await import('./setup/supervisor.mjs');
const { SetupError } = await import('./setup/progress.mjs');
const { openThrowAwayHome } = await import('./setup/throw-away-home.mjs');
const { runForeground } = await import('./setup/foreground.mjs');
const { startTestServices } = await import('./setup/test-services.mjs');
const { workerAtHand } = await import('./setup/mediasoup-worker.mjs');

const separator = process.argv.indexOf('--');
const command = separator < 0 ? process.argv.slice(2) : process.argv.slice(separator + 1);

await runProgram(async (adopt, leave) => {
  if (command.length === 0) throw new SetupError('Say what to run: node tools/services.mjs -- npx vitest run libs/db');
  const supervisor = adopt(await openThrowAwayHome('services'));
  const env = await startTestServices(supervisor, { workerBinary: workerAtHand(), onExit: () => void leave(1) });
  return runForeground(command[0], command.slice(1), { ...process.env, ...env });
});
