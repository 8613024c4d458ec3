import type { Avatar } from '@visavis/contracts';
import { describe, expect, it } from 'vitest';
import { keepFreshPreviews } from './preview-cache.ts';

const MINUTE_MS = 60_000;
const avatar = (id: string, preview_url: string | null, preview_video_url: string | null = null) => ({ id, preview_url, preview_video_url }) as Avatar;
const urlAt = (id: string, url: string | null, nowMs: number) => keepFreshPreviews([avatar(id, url)], nowMs)[0]?.preview_url;

describe('keepFreshPreviews', () => {
  it('keeps the first address while it is young, then takes the new one', () => {
    expect(urlAt('avt_1', 'a', 0)).toBe('a');
    expect(urlAt('avt_1', 'b', 44 * MINUTE_MS)).toBe('a');
    expect(urlAt('avt_1', 'c', 46 * MINUTE_MS)).toBe('c');
  });
  it('leaves an avatar without a preview alone until it has one', () => {
    expect(urlAt('avt_2', null, 0)).toBeNull();
    expect(urlAt('avt_2', 'a', 1)).toBe('a');
  });
  it('keeps the address of the moving preview, too', () => {
    keepFreshPreviews([avatar('avt_3', 'a', 'v')], 0);
    expect(keepFreshPreviews([avatar('avt_3', 'b', 'w')], MINUTE_MS)).toEqual([avatar('avt_3', 'a', 'v')]);
  });
});
