import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { creditsQuery } from '../api/resources.ts';
import { formatBalance, formatRunway } from '../format/credits.ts';
import { AccountMenu } from './account-menu.tsx';
import { Wordmark } from './logo.tsx';

const BALANCE_POLL_MS = 15_000;
const LOW_MINUTES = 5;

export function AppHeader() {
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-surface">
      <div className="mx-auto flex h-14 max-w-[1600px] items-center justify-between gap-4 px-4 lg:px-6">
        <div className="flex min-w-0 items-center gap-4 lg:gap-6">
          <Wordmark />
          <nav aria-label="Pages" className="flex items-center gap-1">
            <PageLink to="/" label="Playground" />
            <PageLink to="/avatars" label="Avatars" />
          </nav>
        </div>
        <div className="flex items-center gap-2 sm:gap-3">
          <Balance />
          <AccountMenu />
        </div>
      </div>
    </header>
  );
}

function PageLink({ to, label }: { readonly to: '/' | '/avatars'; readonly label: string }) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: true, includeSearch: false }}
      className="inline-flex h-8 items-center rounded-lg px-2.5 text-[13px] font-medium text-muted transition-colors hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:text-ink"
    >
      {label}
    </Link>
  );
}

function Balance() {
  const { data, isError } = useQuery({ ...creditsQuery, refetchInterval: BALANCE_POLL_MS });
  if (data === undefined) {
    if (isError) return <span className="text-[13px] text-faint">Balance unknown</span>;
    return <span className="h-5 w-28 animate-pulse rounded bg-hover" aria-hidden="true" />;
  }
  const low = data.available < data.credits_per_minute * LOW_MINUTES;
  const runway = formatRunway(data.available, data.credits_per_minute);
  return (
    <span className={`tabular rounded-full px-2.5 py-1 text-[13px] ${low ? 'bg-warn-soft text-warn' : 'text-muted'}`} title={`Enough for ${runway} of talking`}>
      <span className={`font-medium ${low ? '' : 'text-ink'}`}>{formatBalance(data.available)}</span> <span className="max-sm:sr-only">credits</span>
      {data.available > 0 && <span className="hidden md:inline"> · {runway}</span>}
    </span>
  );
}
