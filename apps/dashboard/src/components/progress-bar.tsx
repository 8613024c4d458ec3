/** How far something is, 0 to 1, on top of a picture. */
export function ProgressBar({ fraction, label }: { readonly fraction: number; readonly label: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <div role="progressbar" aria-label={label} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} className="h-1.5 overflow-hidden rounded-full bg-black/50">
      <div className="h-full rounded-full bg-white transition-[width] duration-300" style={{ width: `${Math.max(4, percent)}%` }} />
    </div>
  );
}
