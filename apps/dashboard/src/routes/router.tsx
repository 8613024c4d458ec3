import type { QueryClient } from '@tanstack/react-query';
import { createRouter } from '@tanstack/react-router';
import { PageError, PageLoading, PageMissing } from '../components/page-states.tsx';
import { avatarsRoute } from './avatars.tsx';
import { indexRoute } from './index.tsx';
import { rootRoute } from './root.tsx';
import { shellRoute } from './shell.tsx';
import { signInRoute } from './sign-in.tsx';

/** Addresses: `/` the playground, `/avatars` the gallery, `/sign-in`. Pages behind sign-in are children of the shell. */
export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: rootRoute.addChildren([signInRoute, shellRoute.addChildren([indexRoute, avatarsRoute])]),
    context: { queryClient },
    defaultPendingComponent: PageLoading,
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: PageMissing,
    defaultPendingMs: 150,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
