import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { meQuery } from './auth.ts';
import { ApiProblem } from './problem.ts';

const RETRIES = 2;

/** @param onSignedOut called when the API no longer knows this member: the cookie ran out or was revoked elsewhere */
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  function noticeSignOut(error: unknown): void {
    if (!(error instanceof ApiProblem) || error.status !== 401) return;
    if (client.getQueryData(meQuery.queryKey) === undefined) return;
    client.removeQueries({ queryKey: meQuery.queryKey });
    onSignedOut();
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: noticeSignOut }),
    mutationCache: new MutationCache({ onError: noticeSignOut }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // What the API refused it will refuse again; only its own failures and the network may pass.
        retry: (failures, error) => failures < RETRIES && !(error instanceof ApiProblem && error.status < 500),
        retryDelay: (failures) => 400 * 2 ** failures,
      },
    },
  });
  return client;
}
