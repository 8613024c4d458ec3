import { useQueryClient } from '@tanstack/react-query';
import { createRoute, redirect, useRouter } from '@tanstack/react-router';
import { z } from 'zod';
import { meQuery } from '../api/auth.ts';
import { SignInForm } from '../components/sign-in-form.tsx';
import { Logo } from '../components/logo.tsx';
import { rootRoute } from './root.tsx';

// Only a path of this site: an address from elsewhere must not be where a sign-in leads.
const search = z.object({ back: z.string().regex(/^\/(?![/\\])/).optional().catch(undefined) });

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: search,
  beforeLoad: ({ context }) => {
    if (context.queryClient.getQueryData(meQuery.queryKey) !== undefined) throw redirect({ to: '/' });
  },
  component: SignInPage,
});

function SignInPage() {
  const queryClient = useQueryClient();
  const router = useRouter();
  const { back } = signInRoute.useSearch();
  return (
    <main className="grid min-h-dvh place-items-center px-5 py-12">
      <div className="w-full max-w-[352px]">
        <Logo className="mb-6 size-10" />
        <h1 className="text-[22px] font-semibold tracking-[-0.02em]">Sign in to Visavis</h1>
        <p className="mt-1 mb-7 text-muted">Live talking avatars on your own hardware.</p>
        <SignInForm
          onSignedIn={async (me) => {
            queryClient.setQueryData(meQuery.queryKey, me);
            await router.navigate({ href: back ?? '/' });
          }}
        />
      </div>
    </main>
  );
}
