import { crc32 } from 'node:zlib';

/** The CRC-32 of a text as 4 bytes, most significant first. */
export function crc32Bytes(text: string): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes;
}
