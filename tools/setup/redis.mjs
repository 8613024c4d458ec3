// A Redis of our own: the system's program with our configuration, on a free port of the loopback, its data below VISAVIS_HOME.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { delay, describeExit, lastLines } from './children.mjs';
import { freePort } from './home.mjs';
import { SetupError } from './progress.mjs';
import { findProgram } from './system-packages.mjs';

const startTimeoutMs = 30_000;

/**
 * @param {{ home: string, children: import('./children.mjs').Children, password: string, throwAway?: boolean, onExit: Function }} options
 * @returns {Promise<string>} its URL
 */
export async function startRedis({ home, children, password, throwAway = false, onExit }) {
  const dir = join(home, 'redis');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const port = await freePort();
  const configuration = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir "${dir}"`,
    `appendonly ${throwAway ? 'no' : 'yes'}`,
    'save ""',
    'maxmemory-policy noeviction',
    'daemonize no',
    `requirepass ${password}`,
  ];
  const path = join(home, 'redis.conf');
  writeFileSync(path, `${configuration.join('\n')}\n`, { mode: 0o600 });
  const child = children.start({ name: 'redis', command: findProgram('redis-server'), args: [path], onExit });
  for (const began = Date.now(); !(await answers(port, password)); await delay(50)) {
    if (child.exit) throw new SetupError(`Redis ${describeExit(child)}. Its log, ${child.logPath}, ends with:\n${lastLines(child)}`);
    if (Date.now() - began > startTimeoutMs) throw new SetupError(`Redis does not answer. Its log is ${child.logPath}`);
  }
  return `redis://:${password}@127.0.0.1:${port}`;
}

/** Whether a Redis there takes the password and has finished loading its data. */
function answers(port, password) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const finish = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(2000, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on('data', (chunk) => {
      text += chunk;
      if (text.includes('+PONG')) finish(true);
      else if (text.includes('LOADING') || text.includes('WRONGPASS')) finish(false);
    });
  });
}
