import type { Avatar } from '@visavis/contracts';

// A signed address is new in every answer and good for an hour; taking each new one would load the picture again at every poll.
const KEEP_MS = 45 * 60_000;
const kept = new Map<string, { picture: string | null; video: string | null; atMs: number }>();

/** The same avatars, with the address of a preview kept for as long as it surely works. */
export function keepFreshPreviews(avatars: readonly Avatar[], nowMs = Date.now()): Avatar[] {
  return avatars.map((one) => {
    const known = kept.get(one.id);
    const young = known !== undefined && nowMs - known.atMs < KEEP_MS;
    // One that came only now, or has gone, is news.
    const same = young && (known.picture === null) === (one.preview_url === null) && (known.video === null) === (one.preview_video_url === null);
    if (same) return { ...one, preview_url: known.picture, preview_video_url: known.video };
    kept.set(one.id, { picture: one.preview_url, video: one.preview_video_url, atMs: nowMs });
    return one;
  });
}
