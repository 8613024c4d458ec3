import { loadApiConfig } from '../../config';
import { describe, expect, it } from 'vitest';
import { DerivedKeys } from '../../access/derived-keys';
import { PreviewLinks } from './preview-links';

const AVATAR = '019ab0d2-6f4e-7c31-9a55-0b1f6a3c2d10';
const NOW_MS = Date.parse('2026-11-22T10:15:00Z');
const HOUR_MS = 3600_000;

function linksWith(secretKey: string): PreviewLinks {
  const url = 'postgres://a:b@127.0.0.1/c';
  const config = loadApiConfig({
    PUBLIC_URL: 'https://api.example.com',
    DATABASE_URL: url,
    DATABASE_SYSTEM_URL: url,
    DATABASE_METER_URL: url,
    REDIS_URL: 'redis://127.0.0.1',
    S3_BUCKET: 'bucket',
    S3_ACCESS_KEY_ID: 'a',
    S3_SECRET_ACCESS_KEY: 'b',
    SECRET_KEY: secretKey,
    WORKER_TOKEN: 'a-token-of-sixteen',
  });
  return new PreviewLinks(config, new DerivedKeys(config));
}

describe('the address of a preview', () => {
  const links = linksWith('x'.repeat(32));
  const query = new URL(links.create(AVATAR, 'preview', NOW_MS)).searchParams;
  const expires = Number(query.get('expires'));
  const signature = query.get('signature')!;

  it('works for at least an hour, and not for three', () => {
    expect(links.check(AVATAR, expires, signature, NOW_MS + HOUR_MS)).toBe('valid');
    expect(links.check(AVATAR, expires, signature, NOW_MS + 3 * HOUR_MS)).toBe('expired');
  });

  it('stays the same for a while, so that browsers can cache it', () => {
    expect(links.create(AVATAR, 'preview-video', NOW_MS + 60_000)).toBe(links.create(AVATAR, 'preview-video', NOW_MS));
  });

  it('is no good for another avatar, another time, another installation, or made up', () => {
    expect(links.check(AVATAR.replace('019a', '019b'), expires, signature, NOW_MS)).toBe('wrong');
    expect(links.check(AVATAR, expires + 3600, signature, NOW_MS)).toBe('wrong');
    expect(linksWith('y'.repeat(32)).check(AVATAR, expires, signature, NOW_MS)).toBe('wrong');
    expect(links.check(AVATAR, expires, '', NOW_MS)).toBe('wrong');
    expect(links.check(AVATAR, Number.NaN, signature, NOW_MS)).toBe('wrong');
  });
});
