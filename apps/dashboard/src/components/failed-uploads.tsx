import type { Avatar } from '@visavis/contracts';
import { FailedCard } from './failed-card.tsx';
import { useSharedUploads } from './uploads-context.tsx';

/** A card for each upload that was refused, and each avatar that could not be prepared. */
export function FailedUploads({ avatars }: { readonly avatars: readonly Avatar[] }) {
  const uploads = useSharedUploads();
  return (
    <>
      {uploads.items
        .filter((item) => item.problem !== null)
        .map((item) => (
          <FailedCard key={item.key} name={item.name} reason={item.problem ?? ''} onRetry={uploads.replace(item.key)} onRemove={() => uploads.dismiss(item.key)} />
        ))}
      {avatars.map((one) => (
        <FailedCard
          key={one.id}
          name={one.name}
          reason={one.failure?.detail ?? 'It could not be prepared.'}
          onRetry={uploads.replaceAvatar(one.id)}
          onRemove={() => void uploads.remove(one.id)}
        />
      ))}
    </>
  );
}
