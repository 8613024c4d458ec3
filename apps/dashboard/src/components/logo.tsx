/** Two faces turned to each other: vis-à-vis. */
export function Logo({ className = 'size-7' }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path d="M6.5 8.5a7.5 7.5 0 0 1 0 15ZM25.5 8.5a7.5 7.5 0 0 0 0 15Z" fill="#fff" />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="flex items-center gap-2.5">
      <Logo />
      <span className="text-[15px] font-semibold tracking-[-0.02em] max-sm:sr-only">Visavis</span>
    </span>
  );
}
