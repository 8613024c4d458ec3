import type { Api } from './api.ts';
import type { Avatar } from './api-types.ts';
import { painting } from './pictures.ts';
import { until } from './until.ts';

/** Waits until an avatar is no longer being prepared. */
export function prepared(api: Api, id: string, timeoutMs = 120_000): Promise<Avatar> {
  return until(`avatar ${id} is ready or failed`, async () => {
    const avatar = await api.avatar(id);
    return avatar.status === 'processing' ? null : avatar;
  }, timeoutMs, 200);
}

/** Waits until no stock avatar is being prepared any more: it goes on in the background when a product has started. */
export async function stockPrepared(api: Api, timeoutMs = 15 * 60_000): Promise<void> {
  await until('all stock avatars are prepared', async () => {
    const { data } = await api.call<{ data: Avatar[] }>('GET', '/v1/avatars?stock=true&limit=100');
    return data.length > 0 && data.every(({ status }) => status !== 'processing') ? true : null;
  }, timeoutMs, 1000);
}

const NAME = 'End-to-end';

/** The avatar that most tests use. */
export function speakingAvatar(api: Api): Promise<Avatar> {
  return keptAvatar(api, NAME, testPortrait(), 'portrait.jpg');
}

/** An avatar of a picture or clip: uploaded by whoever needs it first, and kept under its name, so that it is prepared once. */
export async function keptAvatar(api: Api, name: string, file: Uint8Array, filename: string, timeoutMs?: number): Promise<Avatar> {
  const { data } = await api.call<{ data: Avatar[] }>('GET', '/v1/avatars?limit=100');
  const known = data.find((avatar) => avatar.name === name && avatar.status !== 'failed');
  return ready(api, known?.id ?? (await uploaded(api, file, filename, name)), timeoutMs);
}

/**
 * Id of a new avatar of a picture or clip.
 * @throws Error when the upload is refused.
 */
export async function uploaded(api: Api, file: Uint8Array, filename: string, name: string): Promise<string> {
  const { status, body } = await api.tryUpload(file, filename, name);
  if (status !== 201) throw new Error(`the upload of ${filename} was refused: ${body.detail ?? status}`);
  return body.id;
}

/** @throws Error when the avatar could not be prepared. */
export async function ready(api: Api, id: string, timeoutMs?: number): Promise<Avatar> {
  const avatar = await prepared(api, id, timeoutMs);
  if (avatar.status !== 'ready') throw new Error(`the avatar was not prepared: ${JSON.stringify(avatar.failure)}`);
  return avatar;
}

export function testPortrait(): Buffer {
  return painting('lisa');
}
