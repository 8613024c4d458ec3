// Crockford's alphabet in lower case: no i, l, o or u, so that nothing read aloud or typed is taken for something else.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Five bits a character, most significant first, the last one filled up with zeros. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let pending = 0;
  let pendingBits = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    pendingBits += 8;
    while (pendingBits >= 5) {
      pendingBits -= 5;
      text += ALPHABET[(pending >>> pendingBits) & 31];
    }
    pending &= (1 << pendingBits) - 1;
  }
  if (pendingBits > 0) text += ALPHABET[(pending << (5 - pendingBits)) & 31];
  return text;
}
