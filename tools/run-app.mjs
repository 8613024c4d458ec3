// Runs one built app in this terminal, with the environment that `npm start` made for it:
//   npm start -- --without worker      and, in another terminal,      node tools/run-app.mjs worker [--inspect]
// Further arguments go to Node. Build first: npx nx build @visavis/worker
import { ensureNode } from './setup/node-runtime.mjs';

await ensureNode();

const { join } = await import('node:path');
const { homeFromEnvironment, readJsonFile } = await import('./setup/home.mjs');
const { rootDir } = await import('./setup/checkout.mjs');
const { runForeground } = await import('./setup/foreground.mjs');

const [app = '', ...nodeArguments] = process.argv.slice(2);
const environment = readJsonFile(join(homeFromEnvironment(), `${app}-environment.json`));
if (!environment) {
  console.error('Usage: node tools/run-app.mjs api|worker, while `npm start -- --without api|worker` runs.');
  process.exit(2);
}
// Ctrl-C reaches the app too; it drains, and then we leave with it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
process.exitCode = await runForeground(process.execPath, ['--enable-source-maps', ...nodeArguments, join('apps', app, 'dist', 'main.js')], environment);
