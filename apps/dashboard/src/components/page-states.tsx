import { useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { toSentence } from '../session/failure.ts';
import { Button } from './button.tsx';
import { Spinner } from './spinner.tsx';

export function PageLoading() {
  return (
    <div role="status" className="grid min-h-[60dvh] place-items-center text-muted">
      <span className="flex items-center gap-2.5">
        <Spinner /> Loading…
      </span>
    </div>
  );
}

export function PageError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queryClient = useQueryClient();
  async function retry(): Promise<void> {
    await queryClient.resetQueries();
    reset();
    await router.invalidate();
  }
  return (
    <div role="alert" className="grid min-h-[70dvh] place-items-center px-5">
      <div className="max-w-sm text-center">
        <h1 className="text-[17px] font-semibold">This page could not be loaded</h1>
        <p className="mt-1.5 mb-5 text-muted">{toSentence(error)}</p>
        <Button look="primary" onClick={() => void retry()}>
          Try again
        </Button>
      </div>
    </div>
  );
}

export function PageMissing() {
  return (
    <div className="grid min-h-[70dvh] place-items-center px-5">
      <div className="max-w-sm text-center">
        <h1 className="text-[17px] font-semibold">There is no page here</h1>
        <p className="mt-1.5 mb-5 text-muted">The address may be mistyped.</p>
        <Link to="/" className="font-medium text-accent-ink underline-offset-4 hover:underline">
          Go to the playground
        </Link>
      </div>
    </div>
  );
}
