// The demo account's first avatar: a painting that ships, uploaded the way any customer uploads a portrait. Only once, so that deleting it is respected.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rootDir } from './checkout.mjs';
import { delay } from './children.mjs';
import { readJsonFile, writeSecretFile } from './home.mjs';
import { SetupError, say, step } from './progress.mjs';

const picture = join(rootDir, 'libs', 'engine-builtin', 'assets', 'stock', 'vermeer-girl-with-a-pearl-earring.jpg');
const name = 'Girl with a Pearl Earring';
const prepareTimeoutMs = 180_000;

/**
 * Uploads the painting and waits until it can speak. An installation without it works too, so a failure is said and no more.
 * @param {{ home: string, url: string, apiKey: string }} options
 */
export async function ensureDemoAvatar({ home, url, apiKey }) {
  const notePath = join(home, 'demo-avatar.json');
  if (readJsonFile(notePath)) return;
  try {
    await step(`Demo avatar: ${name}`, async () => {
      const call = caller(url, apiKey);
      const { data } = await call('/v1/avatars');
      const { id } = data.find((avatar) => avatar.name === name && avatar.status !== 'failed') ?? (await upload(call));
      await waitUntilReady(call, id);
      writeSecretFile(notePath, { id });
    });
  } catch (error) {
    say(`  ${error.message}`);
  }
}

function upload(call) {
  const form = new FormData();
  form.set('name', name);
  form.set('image', new Blob([readFileSync(picture)], { type: 'image/jpeg' }), basename(picture));
  return call('/v1/avatars', { method: 'POST', body: form });
}

async function waitUntilReady(call, id) {
  for (const began = Date.now(); Date.now() - began < prepareTimeoutMs; await delay(250)) {
    const avatar = await call(`/v1/avatars/${id}`);
    if (avatar.status === 'ready') return;
    if (avatar.status === 'failed') throw new SetupError(`It could not be prepared: ${JSON.stringify(avatar.failure)}`);
  }
  throw new SetupError('It is still being prepared.');
}

function caller(url, apiKey) {
  return async (path, init = {}) => {
    const answer = await fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${apiKey}` }, signal: AbortSignal.timeout(30_000) });
    const body = await answer.json();
    if (!answer.ok) throw new SetupError(`${path} answered ${answer.status}: ${body.detail ?? body.title}`);
    return body;
  };
}
