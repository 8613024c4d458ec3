import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { ChevronDown, LogOut } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { meQuery, signOut } from '../api/auth.ts';
import { Spinner } from './spinner.tsx';

export function AccountMenu() {
  const { data: me } = useQuery(meQuery);
  const queryClient = useQueryClient();
  const router = useRouter();
  const leave = useMutation({
    mutationFn: signOut,
    // Whatever the server made of it: nothing of this account stays on the page.
    onSettled: async () => {
      queryClient.clear();
      await router.navigate({ to: '/sign-in' });
    },
  });
  if (me === undefined) return null;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="flex h-9 items-center gap-2 rounded-lg pr-1.5 pl-1 text-[13px] font-medium transition-colors hover:bg-hover data-[state=open]:bg-hover">
        <span aria-hidden="true" className="grid size-7 place-items-center rounded-full bg-accent-soft text-[11px] font-semibold text-accent-ink">
          {initials(me.user.name)}
        </span>
        <span className="hidden max-w-40 truncate sm:inline">{me.tenant.name}</span>
        <span className="sr-only sm:hidden">Account</span>
        <ChevronDown className="size-3.5 text-faint" aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={6} className="z-50 w-60 animate-appear rounded-xl border border-line bg-surface p-1.5 shadow-pop">
          <DropdownMenu.Label className="px-2.5 py-2">
            <span className="block truncate text-[13px] font-medium">{me.user.name}</span>
            <span className="block truncate text-[13px] text-muted">{me.user.email}</span>
            <span className="mt-1 block truncate text-[12px] text-faint">
              {me.tenant.name} · {me.role}
            </span>
          </DropdownMenu.Label>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item
            disabled={leave.isPending}
            onSelect={(event) => {
              event.preventDefault();
              leave.mutate();
            }}
            className="flex h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 text-[13px] outline-none data-highlighted:bg-hover"
          >
            {leave.isPending ? <Spinner /> : <LogOut className="size-4 text-muted" aria-hidden="true" />}
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = words[0]?.charAt(0) ?? '';
  const last = words.length > 1 ? (words[words.length - 1]?.charAt(0) ?? '') : '';
  return (first + last).toUpperCase() || '?';
}
