import type { Avatar } from '@visavis/contracts';
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { AvatarCard } from './avatar-card.tsx';
import { AvatarsProblem } from './avatars-problem.tsx';
import { FailedUploads } from './failed-uploads.tsx';
import { Notice } from './notice.tsx';
import { UploadButton } from './upload-button.tsx';
import { UploadingCard } from './uploading-card.tsx';
import { useSharedUploads } from './uploads-context.tsx';

interface AvatarPickerProps {
  readonly avatars: UseQueryResult<Avatar[]>;
  readonly selectedId: string | null;
  /** While a session runs its avatar stays. */
  readonly locked: boolean;
  readonly onChoose: (id: string) => void;
}

export function AvatarPicker({ avatars, selectedId, locked, onChoose }: AvatarPickerProps) {
  const uploads = useSharedUploads();
  const all = avatars.data ?? [];
  // Of stock avatars those that can be used; the rest is on the page of avatars.
  const usable = all.filter((one) => (one.stock ? one.status === 'ready' : one.status !== 'failed'));
  const failed = all.filter((one) => !one.stock && one.status === 'failed');
  useChooseWhenReady(all, uploads.uploadedIds, onChoose);

  return (
    <section aria-label="Avatars" className={`flex min-w-0 flex-col gap-3 ${locked ? 'max-lg:hidden' : ''}`}>
      <FailedUploads avatars={failed} />
      <fieldset
        disabled={locked}
        className={`grid min-w-0 auto-cols-[92px] grid-flow-col gap-2.5 max-lg:-mx-4 max-lg:overflow-x-auto max-lg:px-4 max-lg:py-1 lg:-m-1.5 lg:max-h-[calc(100dvh-9rem)] lg:grid-flow-row lg:auto-cols-auto lg:grid-cols-2 lg:content-start lg:overflow-y-auto lg:p-1.5 ${locked ? 'opacity-60' : ''}`}
      >
        <legend className="sr-only">Avatar of the next session</legend>
        <UploadButton dragging={uploads.dragging} disabled={locked} onFiles={uploads.add} />
        {uploads.items
          .filter((item) => item.problem === null)
          .map((item) => (
            <UploadingCard key={item.key} item={item} onCancel={() => uploads.dismiss(item.key)} />
          ))}
        {avatars.isPending && [0, 1, 2].map((i) => <div key={i} aria-hidden="true" className="aspect-square animate-pulse rounded-xl bg-hover" />)}
        {usable.map((one) => (
          <AvatarCard
            key={one.id}
            avatar={one}
            selected={one.id === selectedId}
            onChoose={() => onChoose(one.id)}
            onDelete={locked || one.stock ? null : () => uploads.remove(one.id)}
          />
        ))}
      </fieldset>
      {uploads.removeProblem !== null && <Notice tone="danger">{uploads.removeProblem}</Notice>}
      {avatars.isError && <AvatarsProblem error={avatars.error} onRetry={() => void avatars.refetch()} />}
    </section>
  );
}

/** What was uploaded here is selected as soon as it can speak. */
function useChooseWhenReady(avatars: readonly Avatar[], uploadedIds: ReadonlySet<string>, onChoose: (id: string) => void): void {
  const chosen = useRef(new Set<string>());
  useEffect(() => {
    for (const one of avatars) {
      if (one.status !== 'ready' || !uploadedIds.has(one.id) || chosen.current.has(one.id)) continue;
      chosen.current.add(one.id);
      onChoose(one.id);
    }
  }, [avatars, uploadedIds, onChoose]);
}
