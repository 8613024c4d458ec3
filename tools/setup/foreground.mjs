// A command that shares our terminal and ends before we do.
import { spawn } from 'node:child_process';
import { rootDir } from './checkout.mjs';

/** Runs a command in the checkout with our output and no input; returns its exit code. */
export function runForeground(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const plain = process.stdout.isTTY && !process.env.CI ? {} : { NO_COLOR: '1', FORCE_COLOR: '0' };
    const child = spawn(command, args, { cwd: rootDir, env: { ...env, ...plain }, stdio: ['ignore', 'inherit', 'inherit'] });
    const endWithUs = () => child.kill('SIGTERM');
    process.once('exit', endWithUs);
    child.on('error', reject);
    child.on('close', (code) => {
      process.removeListener('exit', endWithUs);
      resolve(code ?? 1);
    });
  });
}
