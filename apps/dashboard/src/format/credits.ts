/** A balance: two places while it is small, none once the fraction no longer matters. Rounded down: never shows what isn't there. */
export function formatBalance(credits: number): string {
  if (credits >= 10_000) return Math.floor(credits).toLocaleString('en-US');
  return floorTo(credits, 2).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** A cost: three places below one credit, so that the first seconds of a session are not shown as nothing. */
export function formatCost(credits: number): string {
  return credits.toFixed(credits < 1 ? 3 : 2);
}

/** A price: `1`, `0.5`, `1.25`. */
export function formatRate(creditsPerMinute: number): string {
  return creditsPerMinute.toLocaleString('en-US', { maximumFractionDigits: 3 });
}

/** Credits that a length of media costs. */
export function costOf(durationMs: number, creditsPerMinute: number): number {
  return (Math.max(0, durationMs) / 60_000) * creditsPerMinute;
}

/** How long a balance lasts, in words: `about 16 hours`, `about 12 minutes`, `less than a minute`. */
export function formatRunway(credits: number, creditsPerMinute: number): string {
  if (creditsPerMinute <= 0) return 'as long as you like';
  const minutes = credits / creditsPerMinute;
  if (minutes < 1) return 'less than a minute';
  if (minutes < 90) return `about ${count(Math.floor(minutes), 'minute')}`;
  return `about ${count(Math.floor(minutes / 60), 'hour')}`;
}

function count(n: number, unit: string): string {
  return `${n.toLocaleString('en-US')} ${unit}${n === 1 ? '' : 's'}`;
}

// 0.29 × 100 is 28.999…: the small lift keeps exact hundredths what they are.
function floorTo(value: number, places: number): number {
  const scale = 10 ** places;
  return Math.floor(value * scale + 1e-6) / scale;
}
