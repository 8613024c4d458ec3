// The avatars that ship are prepared in the background, the first of them before `npm start` says that it is ready: with it a face can be tried at once.
import { delay } from './children.mjs';
import { SetupError, say, step } from './progress.mjs';

const appearTimeoutMs = 20_000;
const prepareTimeoutMs = 300_000;

/**
 * Waits until the first stock avatar can speak. An installation without it works too, so a failure is said and no more.
 * @param {{ url: string, apiKey: string }} options
 */
export async function ensureDemoAvatar({ url, apiKey }) {
  const call = caller(url, apiKey);
  try {
    await step('First stock avatar', async (note) => {
      const first = await untilListed(call);
      if (first === undefined) throw new SetupError('No stock avatars have come up.');
      await untilReady(call, first, note);
    });
  } catch (error) {
    say(`  ${error.message}`);
  }
}

async function untilListed(call) {
  for (const began = Date.now(); Date.now() - began < appearTimeoutMs; await delay(250)) {
    const { data } = await call('/v1/avatars?stock=true&limit=100');
    if (data.length > 0) return data.find(({ status }) => status === 'ready') ?? data[0];
  }
  return undefined;
}

async function untilReady(call, { id, name }, note) {
  for (const began = Date.now(); Date.now() - began < prepareTimeoutMs; await delay(250)) {
    const avatar = await call(`/v1/avatars/${id}`);
    if (avatar.status === 'ready') return;
    if (avatar.status === 'failed') throw new SetupError(`${name} could not be prepared: ${avatar.failure.detail}`);
    note(`${name}: ${Math.round(avatar.progress * 100)} %`);
  }
  throw new SetupError(`${name} is still being prepared.`);
}

function caller(url, apiKey) {
  return async (path) => {
    const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${apiKey}` }, signal: AbortSignal.timeout(30_000) });
    const body = await answer.json();
    if (!answer.ok) throw new SetupError(`${path} answered ${answer.status}: ${body.detail ?? body.title}`);
    return body;
  };
}
