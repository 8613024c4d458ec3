/** A running clock: `0:07`, `12:34`, `1:02:03`. Whole seconds, rounded down, so that it never shows time that has not passed. */
export function formatClock(durationMs: number): string {
  const totalS = Math.floor(Math.max(0, durationMs) / 1000);
  const seconds = String(totalS % 60).padStart(2, '0');
  const minutes = Math.floor(totalS / 60) % 60;
  const hours = Math.floor(totalS / 3600);
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}

/** A short length as one would say it: `0.8 s`, `12.4 s`, `1 min 5 s`. */
export function formatLength(durationMs: number): string {
  const seconds = Math.max(0, durationMs) / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const wholeS = Math.round(seconds);
  const rest = wholeS % 60;
  return rest === 0 ? `${Math.floor(wholeS / 60)} min` : `${Math.floor(wholeS / 60)} min ${rest} s`;
}

/** Where an event lies in its session: `+0.42 s`. */
export function formatOffset(offsetMs: number): string {
  const sign = offsetMs < 0 ? '−' : '+';
  return `${sign}${(Math.abs(offsetMs) / 1000).toFixed(2)} s`;
}
