const DELAYS = ['', '[animation-delay:-300ms]', '[animation-delay:-600ms]'];

/** Three bars that move while the avatar speaks. */
export function SpeakingBars() {
  return (
    <span aria-hidden="true" className="inline-flex h-3 w-3.5 items-center justify-between">
      {DELAYS.map((delay) => (
        <span key={delay} className={`h-full w-[3px] animate-speak rounded-full bg-current ${delay}`} />
      ))}
    </span>
  );
}
