import { readFile, rename, writeFile } from 'node:fs/promises';

/** How to sign in to the demo account and call the API as it. Both secrets in clear: the file is for its owner's eyes. */
export type DemoCredentials = { email: string; password: string; api_key: string };

/** What a file says of them; nothing if there is none. */
export async function readCredentials(path: string): Promise<Partial<DemoCredentials>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) return {};
  const entries = Object.entries(parsed).filter(([key, value]) => ['password', 'api_key'].includes(key) && typeof value === 'string');
  return Object.fromEntries(entries) as Partial<DemoCredentials>;
}

/** Writes them whole or not at all, readable by their owner only. */
export async function writeCredentials(path: string, credentials: Partial<DemoCredentials>): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, path);
}
