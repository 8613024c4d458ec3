import type { Me } from '@visavis/contracts';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { signIn } from '../api/auth.ts';
import { signInMessage } from '../api/sign-in-message.ts';
import { Button } from './button.tsx';
import { Field } from './field.tsx';
import { Notice } from './notice.tsx';

export function SignInForm({ onSignedIn }: { readonly onSignedIn: (me: Me) => Promise<void> }) {
  const [missing, setMissing] = useState<{ email: string | null; password: string | null }>({ email: null, password: null });
  const mutation = useMutation({ mutationFn: signIn, onSuccess: onSignedIn });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get('email') ?? '').trim();
    const password = String(form.get('password') ?? '');
    const found = {
      email: /^\S+@\S+$/.test(email) ? null : 'Enter your email address.',
      password: password === '' ? 'Enter your password.' : null,
    };
    setMissing(found);
    if (found.email === null && found.password === null) mutation.mutate({ email, password });
    else event.currentTarget.querySelector<HTMLInputElement>(found.email === null ? '[name=password]' : '[name=email]')?.focus();
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field label="Email" name="email" type="email" autoComplete="username" autoCapitalize="none" autoFocus error={missing.email} />
      <Field label="Password" name="password" type="password" autoComplete="current-password" error={missing.password} />
      {mutation.isError && <Notice tone="danger">{signInMessage(mutation.error)}</Notice>}
      <Button type="submit" look="primary" busy={mutation.isPending} className="mt-1 h-10 text-[14px]">
        {mutation.isPending ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}
