import type { Avatar } from '@visavis/contracts';
import { Link } from '@tanstack/react-router';
import { Film, TriangleAlert } from 'lucide-react';
import { useRef } from 'react';
import { DeleteAvatar } from './delete-avatar.tsx';
import { MovingPreview } from './moving-preview.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { useWatched } from './use-watched.ts';

interface GalleryCardProps {
  readonly avatar: Avatar;
  /** Null for what can't be deleted. */
  readonly onDelete: (() => Promise<void>) | null;
}

/** One avatar, large enough to be looked at. It leads to the playground once it can speak. */
export function GalleryCard({ avatar, onDelete }: GalleryCardProps) {
  const cardRef = useRef<HTMLElement>(null);
  const moving = useWatched(cardRef);
  const ready = avatar.status === 'ready';
  const picture = (
    <span className="relative block aspect-square overflow-hidden rounded-xl bg-hover ring-line-strong ring-offset-2 ring-offset-canvas transition-shadow group-hover:ring-1">
      <MovingPreview avatar={avatar} moving={moving} />
      {avatar.status === 'processing' && (avatar.progress > 0 || !avatar.stock) && (
        <span className="absolute inset-x-3 bottom-3">
          <ProgressBar fraction={avatar.progress} label={`Preparing ${avatar.name}`} />
        </span>
      )}
      {avatar.kind === 'video' && avatar.status !== 'processing' && (
        <span className="absolute right-2 bottom-2 inline-flex h-6 items-center gap-1.5 rounded-full bg-black/60 px-2 text-[12px] text-white">
          <Film className="size-3" aria-hidden="true" /> Clip
        </span>
      )}
    </span>
  );
  return (
    <article ref={cardRef} aria-label={avatar.name} className="group relative min-w-0">
      {ready ? (
        <Link to="/" search={{ avatar: avatar.id }} aria-label={`Try ${avatar.name}`} className="block rounded-xl">
          {picture}
        </Link>
      ) : (
        picture
      )}
      <h3 className="mt-2 truncate text-[14px] font-medium" title={avatar.name}>
        {avatar.name}
      </h3>
      <Under avatar={avatar} />
      {onDelete !== null && <DeleteAvatar name={avatar.name} onDelete={onDelete} />}
    </article>
  );
}

/** What there is to say of it: how far it is, what went wrong, what could be better, who made it. */
function Under({ avatar }: { readonly avatar: Avatar }) {
  if (avatar.status === 'processing') return <Preparing avatar={avatar} />;
  if (avatar.status === 'failed') return <p className="mt-0.5 text-[12px] leading-snug text-danger">{avatar.failure?.detail}</p>;
  const warnings = warningsOf(avatar);
  return (
    <>
      {avatar.credit !== null && <p className="mt-0.5 line-clamp-3 text-[12px] leading-snug text-faint">{avatar.credit}</p>}
      {warnings !== null && (
        <p className="mt-1 flex items-start gap-1.5 text-[12px] leading-snug text-warn">
          <TriangleAlert className="mt-px size-3.5 shrink-0" aria-hidden="true" />
          <span>{warnings}</span>
        </p>
      )}
    </>
  );
}

function Preparing({ avatar }: { readonly avatar: Avatar }) {
  if (avatar.progress_step === null) return <p className="mt-0.5 text-[12px] text-faint">{avatar.stock ? 'Prepared in the background' : 'Waiting its turn'}</p>;
  return (
    <p className="tabular mt-0.5 text-[12px] leading-snug text-muted">
      {Math.floor(avatar.progress * 100)} % · {avatar.progress_step}
    </p>
  );
}

/** What preparation had to say, for a person to read. */
export function warningsOf({ report }: Pick<Avatar, 'report'>): string | null {
  const warnings = report?.['warnings'];
  return typeof warnings === 'string' && warnings.trim() !== '' ? warnings : null;
}
