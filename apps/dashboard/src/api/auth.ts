import { me, type Me } from '@visavis/contracts';
import { queryOptions } from '@tanstack/react-query';
import { request } from './client.ts';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => request('GET', '/auth/me', { schema: me, signal }),
  staleTime: 5 * 60_000,
});

export function signIn(credentials: { email: string; password: string }): Promise<Me> {
  return request('POST', '/auth/sign-in', { schema: me, body: credentials });
}

export function signOut(): Promise<void> {
  return request('POST', '/auth/sign-out');
}
