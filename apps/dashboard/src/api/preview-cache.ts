import type { Avatar } from '@visavis/contracts';

// A signed address is new in every answer and good for an hour; taking each new one would load the picture again at every poll.
const KEEP_MS = 45 * 60_000;
const kept = new Map<string, { url: string; atMs: number }>();

/** The same avatars, with the address of a preview kept for as long as it surely works. */
export function keepFreshPreviews(avatars: readonly Avatar[], nowMs = Date.now()): Avatar[] {
  return avatars.map((one) => {
    if (one.preview_url === null) return one;
    const known = kept.get(one.id);
    if (known !== undefined && nowMs - known.atMs < KEEP_MS) return { ...one, preview_url: known.url };
    kept.set(one.id, { url: one.preview_url, atMs: nowMs });
    return one;
  });
}
