import type { CLIP_CONTENT_TYPES } from '@visavis/contracts';

export type ClipType = (typeof CLIP_CONTENT_TYPES)[number];

/** How many bytes of a file `sniffClip` wants to see: MPEG transport streams show themselves by three packets. */
export const CLIP_SNIFF_BYTES = 1024;

/** Brands of the same family as MP4 that hold still pictures. */
const PICTURE_BRANDS: readonly string[] = ['avif', 'avis', 'heic', 'heix', 'heim', 'heis', 'mif1', 'miaf'];
const QUICKTIME_BOXES: readonly string[] = ['moov', 'mdat', 'wide', 'free', 'skip', 'pnot'];
const MPEGTS_PACKETS = [188, 192] as const;

/** What kind of clip a file is by its first bytes, or null: neither its name nor its declared type counts. Whether it can be read is seen later. */
export function sniffClip(start: Uint8Array): ClipType | null {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  const text = (from: number, to: number): string => bytes.toString('latin1', from, to);
  if (text(4, 8) === 'ftyp') return PICTURE_BRANDS.includes(text(8, 12)) ? null : text(8, 10) === 'qt' ? 'video/quicktime' : 'video/mp4';
  if (QUICKTIME_BOXES.includes(text(4, 8))) return 'video/quicktime';
  if (text(0, 4) === '\x1aE\xdf\xa3') return bytes.includes('webm', 0, 'latin1') ? 'video/webm' : 'video/x-matroska';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'AVI ') return 'video/x-msvideo';
  if (text(0, 4) === 'OggS') return 'video/ogg';
  if (text(0, 4) === '\0\0\x01\xba') return 'video/mpeg';
  for (const packet of MPEGTS_PACKETS) {
    const first = packet - 188;
    if ([0, 1, 2].every((index) => bytes[first + index * packet] === 0x47)) return 'video/mp2t';
  }
  return null;
}
