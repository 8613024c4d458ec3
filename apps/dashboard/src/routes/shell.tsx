import { createRoute, Outlet, redirect } from '@tanstack/react-router';
import { meQuery } from '../api/auth.ts';
import { ApiProblem } from '../api/problem.ts';
import { AppHeader } from '../components/app-header.tsx';
import { UploadsProvider } from '../components/uploads-context.tsx';
import { rootRoute } from './root.tsx';

/** Everything that needs a signed-in member: without one, the way leads to /sign-in and back. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { back: location.href } });
    }
  },
  component: Shell,
});

function Shell() {
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-lg focus:bg-surface focus:px-3 focus:py-2">
        Skip to content
      </a>
      <AppHeader />
      <main id="main" className="flex flex-1 flex-col">
        <UploadsProvider>
          <Outlet />
        </UploadsProvider>
      </main>
    </div>
  );
}
