import { useQuery } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { avatarsQuery } from '../api/resources.ts';
import { AvatarsProblem } from './avatars-problem.tsx';
import { FailedUploads } from './failed-uploads.tsx';
import { GalleryCard } from './gallery-card.tsx';
import { Notice } from './notice.tsx';
import { UploadZone } from './upload-zone.tsx';
import { UploadingCard } from './uploading-card.tsx';
import { useSharedUploads } from './uploads-context.tsx';

/** All avatars: one's own, with what became of uploads, and those that ship. */
export function Gallery() {
  const avatars = useQuery(avatarsQuery);
  const uploads = useSharedUploads();
  const all = avatars.data ?? [];
  const own = all.filter((one) => !one.stock && one.status !== 'failed');
  const failed = all.filter((one) => !one.stock && one.status === 'failed');
  const stock = all.filter((one) => one.stock);
  const refused = uploads.items.filter((item) => item.problem !== null);
  const sending = uploads.items.filter((item) => item.problem === null);
  useEffect(() => {
    document.title = 'Avatars · Visavis';
  }, []);

  return (
    <div className="mx-auto flex w-full max-w-[1280px] flex-1 flex-col gap-8 p-4 pb-12 lg:p-6 lg:pb-16">
      <div className="flex flex-col gap-4">
        <h1 className="text-[22px] font-semibold tracking-[-0.02em]">Avatars</h1>
        <UploadZone dragging={uploads.dragging} onFiles={uploads.add} />
        {refused.length + failed.length > 0 && (
          <div className="grid gap-3 sm:grid-cols-2">
            <FailedUploads avatars={failed} />
          </div>
        )}
        {uploads.removeProblem !== null && <Notice tone="danger">{uploads.removeProblem}</Notice>}
        {avatars.isError && <AvatarsProblem error={avatars.error} onRetry={() => void avatars.refetch()} />}
      </div>
      {own.length + sending.length > 0 && (
        <Section title="Yours">
          {sending.map((item) => (
            <UploadingCard key={item.key} item={item} onCancel={() => uploads.dismiss(item.key)} />
          ))}
          {own.map((one) => (
            <GalleryCard key={one.id} avatar={one} onDelete={() => uploads.remove(one.id)} />
          ))}
        </Section>
      )}
      {(stock.length > 0 || avatars.isPending) && (
        <Section title="Stock" about={stock.some(({ status }) => status === 'processing') ? 'In every account. Prepared one after the other.' : 'In every account.'}>
          {avatars.isPending && [0, 1, 2, 3, 4, 5].map((i) => <div key={i} aria-hidden="true" className="aspect-square animate-pulse rounded-xl bg-hover" />)}
          {stock.map((one) => (
            <GalleryCard key={one.id} avatar={one} onDelete={null} />
          ))}
        </Section>
      )}
    </div>
  );
}

function Section({ title, about, children }: { readonly title: string; readonly about?: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="flex flex-wrap items-baseline gap-x-3 text-[16px] font-semibold tracking-[-0.01em]">
        {title}
        {about !== undefined && <span className="text-[13px] font-normal tracking-normal text-faint">{about}</span>}
      </h2>
      <div className="mt-4 grid grid-cols-2 gap-x-4 gap-y-6 sm:grid-cols-3 md:grid-cols-4 lg:grid-cols-5 lg:gap-x-5">{children}</div>
    </section>
  );
}
