import { toSentence } from '../session/failure.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

/** The list of avatars can't be had. */
export function AvatarsProblem({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  return (
    <Notice
      tone="danger"
      action={
        <Button size="sm" onClick={onRetry}>
          Retry
        </Button>
      }
    >
      {toSentence(error)}
    </Notice>
  );
}
