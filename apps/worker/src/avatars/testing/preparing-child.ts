// Stands for `prepare-child`: does what the upload says.
import { readFileSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import type { PrepareMessage } from '../preparer.ts';

const say = (message: PrepareMessage, then = () => undefined as void) => process.send?.(message, undefined, undefined, then);

process.once('disconnect', () => process.exit());

process.once('message', (folder: string) => {
  writeFileSync(join(folder, 'pids'), `${process.pid} ${process.ppid}`);
  const upload = readFileSync(join(folder, 'upload'), 'utf8');
  say({ type: 'progress', progress: { fraction: 0.5, step: 'Reading' } });
  if (upload === 'crash') {
    process.stderr.write('out of pixels\n');
    process.exit(3);
  } else if (upload === 'refuse') {
    say({ type: 'done', outcome: { status: 'failed', code: 'no_face', detail: `niceness ${getPriority()}` } }, () => process.disconnect());
  } else if (upload === 'break') {
    say({ type: 'broke', message: 'no memory' }, () => process.disconnect());
  } else {
    setInterval(() => undefined, 1000);
  }
});
