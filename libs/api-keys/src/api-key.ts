import { createHash, randomBytes } from 'node:crypto';
import { encodeBase32 } from './base32.ts';
import { crc32Bytes } from './crc32.ts';

/** Recognisable to people and to secret scanners. */
export const API_KEY_PREFIX = 'vv_live_';

const SECRET_BYTES = 20; // 160 bits, 32 characters
const SHAPE = /^vv_live_([0-9a-hjkmnp-tv-z]{32})([0-9a-hjkmnp-tv-z]{7})$/;
const SHOWN_SECRET_CHARACTERS = 4;

export type NewApiKey = {
  /** The whole key: shown once, stored nowhere. */
  key: string;
  /** SHA-256 of it, 32 bytes: what is stored and looked up. */
  hash: Uint8Array<ArrayBuffer>;
  /** Its first characters, to recognise it by in a list. */
  displayPrefix: string;
};

/** A new key: `vv_live_`, 160 random bits and a checksum of both, 47 characters. */
export function generateApiKey(): NewApiKey {
  const body = API_KEY_PREFIX + encodeBase32(randomBytes(SECRET_BYTES));
  const key = body + checksum(body);
  return { key, hash: hashApiKey(key), displayPrefix: displayPrefix(key) };
}

/**
 * The key that a text is, or null. A typo is told by the checksum, without a look in the database; only one in 2³² random keys gets that far.
 * Says nothing about whether the key exists.
 */
export function parseApiKey(text: string): string | null {
  const match = SHAPE.exec(text);
  if (!match) return null;
  return checksum(API_KEY_PREFIX + match[1]) === match[2] ? text : null;
}

/** SHA-256, which is enough for 160 random bits: nobody can try them out, so nothing has to be slow. */
export function hashApiKey(key: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(key, 'utf8').digest());
}

/** `vv_live_7k2m`: 20 of the 160 bits, too few to help anyone who guesses. */
export function displayPrefix(key: string): string {
  return key.slice(0, API_KEY_PREFIX.length + SHOWN_SECRET_CHARACTERS);
}

function checksum(body: string): string {
  return encodeBase32(crc32Bytes(body));
}
