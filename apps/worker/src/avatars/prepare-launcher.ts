// Begins the processes that prepare avatars, one at a time, for a worker that is too large to fork. Passes on what they say.
import { fork, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { FromLauncher, PrepareMessage, ToLauncher } from './preparer.ts';

const program = process.argv[2]!;
let current: { child: ChildProcess; folder: string } | undefined;

process.on('message', (message: ToLauncher) => {
  stop();
  if (message.type === 'prepare') start(message.folder);
});
// The worker is gone: nobody else would end the child, or remove what it works on.
process.on('disconnect', () => {
  const folder = current?.folder;
  stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  process.exit();
});

function start(folder: string): void {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  current = { child, folder };
  const say = (message: PrepareMessage | { type: 'ended'; how: string }) => {
    // A worker that is gone takes nothing: that shows as `disconnect`, too.
    if (child === current?.child) process.send?.({ ...message, folder } satisfies FromLauncher, undefined, undefined, () => undefined);
  };
  child.on('message', (message: PrepareMessage) => say(message));
  child.on('error', (error) => say({ type: 'ended', how: error.message }));
  // After its last message, unlike `exit`.
  child.on('close', (code, signal) => say({ type: 'ended', how: String(signal ?? code) }));
  child.send(folder, () => undefined);
}

function stop(): void {
  const child = current?.child;
  current = undefined;
  child?.kill('SIGKILL');
}
