import type { Avatar } from '@visavis/contracts';
import { Check, UserRound } from 'lucide-react';
import { DeleteAvatar } from './delete-avatar.tsx';
import { warningsOf } from './gallery-card.tsx';
import { ProgressBar } from './progress-bar.tsx';

interface AvatarCardProps {
  readonly avatar: Avatar;
  readonly selected: boolean;
  readonly onChoose: () => void;
  /** Null while nothing may be deleted. */
  readonly onDelete: (() => Promise<void>) | null;
}

/** One face to choose. While it is being prepared it shows how far that is, and cannot be chosen yet. */
export function AvatarCard({ avatar, selected, onChoose, onDelete }: AvatarCardProps) {
  const preparing = avatar.status === 'processing';
  const warnings = warningsOf(avatar);
  return (
    <div className="group relative min-w-0" data-selected={selected || undefined}>
      <label className="block has-enabled:cursor-pointer">
        <input type="radio" name="avatar" className="peer sr-only" checked={selected} disabled={preparing} onChange={onChoose} />
        <span
          className={`relative block aspect-square overflow-hidden rounded-xl bg-hover ring-offset-2 ring-offset-canvas transition-shadow peer-focus-visible:outline-2 peer-focus-visible:outline-offset-5 peer-focus-visible:outline-accent-ink ${selected ? 'ring-2 ring-accent-ink' : 'ring-line-strong group-hover:ring-1'}`}
        >
          {avatar.preview_url === null ? (
            <UserRound className={`absolute inset-0 m-auto size-8 text-faint ${preparing ? 'animate-pulse' : ''}`} strokeWidth={1.4} aria-hidden="true" />
          ) : (
            <img src={avatar.preview_url} alt="" loading="lazy" decoding="async" className="size-full object-cover" />
          )}
          {preparing && (
            <span className="absolute inset-x-2 bottom-2">
              <ProgressBar fraction={avatar.progress} label={`Preparing ${avatar.name}`} />
            </span>
          )}
          {selected && (
            <span className="absolute top-1.5 right-1.5 grid size-5 place-items-center rounded-full bg-accent text-on-accent">
              <Check className="size-3" strokeWidth={3} aria-hidden="true" />
            </span>
          )}
        </span>
        <span className={`mt-1.5 block truncate text-[12px] ${selected ? 'font-medium text-ink' : 'text-muted'}`} title={avatar.name}>
          {avatar.name}
        </span>
        {preparing && (
          <span className="tabular line-clamp-2 text-[12px] leading-snug text-faint" title={avatar.progress_step ?? undefined}>
            {avatar.progress_step === null ? 'Waiting its turn' : `${Math.floor(avatar.progress * 100)} % · ${avatar.progress_step}`}
          </span>
        )}
        {warnings !== null && (
          <span className="line-clamp-2 text-[12px] leading-snug text-warn" title={warnings}>
            {warnings}
          </span>
        )}
      </label>
      {onDelete !== null && <DeleteAvatar name={avatar.name} onDelete={onDelete} />}
    </div>
  );
}
