import { avatar, credits, listOf, voice, type Avatar } from '@visavis/contracts';
import { queryOptions } from '@tanstack/react-query';
import { request } from './client.ts';
import { keepFreshPreviews } from './preview-cache.ts';

const avatarList = listOf(avatar);
const voiceList = listOf(voice);

const PREPARING_POLL_MS = 800;
/** Nobody waits for these. */
const STOCK_POLL_MS = 4000;

/** All avatars, one's own first and newest first; polled while one of them is being prepared. */
export const avatarsQuery = queryOptions({
  queryKey: ['avatars'],
  queryFn: async ({ signal }) => keepFreshPreviews((await request('GET', '/v1/avatars?limit=100', { schema: avatarList, signal })).data),
  refetchInterval: (query) => (query.state.data?.some((one) => one.status === 'processing' && !one.stock) === true ? PREPARING_POLL_MS : query.state.data?.some((one) => one.status === 'processing') === true ? STOCK_POLL_MS : false),
});

export const voicesQuery = queryOptions({
  queryKey: ['voices'],
  queryFn: async ({ signal }) => (await request('GET', '/v1/voices?limit=100', { schema: voiceList, signal })).data,
  staleTime: Infinity,
});

export const creditsQuery = queryOptions({
  queryKey: ['credits'],
  queryFn: ({ signal }) => request('GET', '/v1/credits', { schema: credits, signal }),
});

export function deleteAvatar(id: string): Promise<void> {
  return request('DELETE', `/v1/avatars/${id}`);
}

export function isReady(one: Avatar): boolean {
  return one.status === 'ready';
}
