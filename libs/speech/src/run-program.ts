import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Finds a program on a search path such as the PATH variable, or undefined. */
export async function findProgram(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, name);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return undefined;
}

/**
 * Runs a program without a shell, the text on its standard input (not among the arguments, which every user of the machine can read).
 * Returns its standard output. @throws Error when it fails, takes too long or says too much; AbortError when the signal does.
 */
export function runProgram(path: string, args: readonly string[], input: string, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'], signal, timeout: TIMEOUT_MS, killSignal: 'SIGKILL', env: {} });
    const output: Buffer[] = [];
    let outputBytes = 0;
    let complaint = '';
    child.stdout.on('data', (piece: Buffer) => {
      outputBytes += piece.length;
      if (outputBytes > MAX_OUTPUT_BYTES) child.kill('SIGKILL');
      else output.push(piece);
    });
    child.stderr.on('data', (piece: Buffer) => {
      if (complaint.length < 2000) complaint += piece.toString('utf8');
    });
    child.on('error', reject);
    // A program that ends without reading is reported by its status, not by the broken pipe.
    child.stdin.on('error', () => undefined);
    child.on('close', (status, killedBy) => {
      if (status === 0) resolve(Buffer.concat(output));
      else reject(new Error(`${path} ended with ${killedBy ?? status}: ${complaint.trim()}`));
    });
    child.stdin.end(input);
  });
}
