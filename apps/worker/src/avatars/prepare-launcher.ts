// Begins the processes that prepare avatars, one at a time, for a worker that is too large to fork. Passes on what they say.
import { fork, type ChildProcess } from 'node:child_process';
import type { FromLauncher, PrepareMessage, ToLauncher } from './preparer.ts';

const program = process.argv[2]!;
let current: ChildProcess | undefined;

process.on('message', (message: ToLauncher) => {
  stop();
  if (message.type === 'prepare') start(message.folder);
});
// The worker is gone: nobody else would end the child.
process.on('disconnect', () => {
  stop();
  process.exit();
});

function start(folder: string): void {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  current = child;
  const say = (message: FromLauncher) => {
    if (child === current) process.send?.(message);
  };
  child.on('message', (message: PrepareMessage) => say(message));
  child.on('error', (error) => say({ type: 'ended', how: error.message }));
  // After its last message, unlike `exit`.
  child.on('close', (code, signal) => say({ type: 'ended', how: String(signal ?? code) }));
  child.send(folder, () => undefined);
}

function stop(): void {
  const child = current;
  current = undefined;
  child?.kill('SIGKILL');
}
