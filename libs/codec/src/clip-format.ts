/** FFmpeg's names of the containers that clips may come in. */
export type ClipContainer = 'mov' | 'matroska' | 'avi' | 'mpegts' | 'mpeg' | 'flv' | 'ogg' | 'asf' | 'ivf';

/** Brands of the same family that hold still pictures: AVIF and HEIC. */
const PICTURE_BRANDS: readonly string[] = ['avif', 'heic', 'heix', 'heim', 'heis', 'mif1', 'miaf'];
const ASF = [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11] as const;
const MPEGTS_PACKETS = [188, 192] as const;

/** Tells a clip's container by its first bytes, or undefined for anything else. FFmpeg is never left to guess: see speech-format.ts. */
export function detectClipContainer(bytes: Uint8Array): ClipContainer | undefined {
  const ascii = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  const starts = (...values: number[]): boolean => values.every((value, i) => bytes[i] === value);
  if (ascii(4, 8) === 'ftyp') return PICTURE_BRANDS.includes(ascii(8, 12)) ? undefined : 'mov';
  // QuickTime files of old begin with any of their boxes.
  if (['moov', 'mdat', 'wide', 'free', 'skip', 'pnot'].includes(ascii(4, 8))) return 'mov';
  if (starts(0x1a, 0x45, 0xdf, 0xa3)) return 'matroska';
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'AVI ') return 'avi';
  if (ascii(0, 4) === 'OggS') return 'ogg';
  if (ascii(0, 3) === 'FLV') return 'flv';
  if (ascii(0, 4) === 'DKIF') return 'ivf';
  if (starts(...ASF)) return 'asf';
  if (starts(0, 0, 1, 0xba)) return 'mpeg';
  for (const packet of MPEGTS_PACKETS) {
    const first = packet - 188;
    if (bytes[first] === 0x47 && bytes[first + packet] === 0x47 && bytes[first + 2 * packet] === 0x47) return 'mpegts';
  }
  return undefined;
}

/** Whether an upload is a clip by its first bytes, rather than a picture. Sound alone in one of these containers counts until it is opened. */
export function looksLikeClip(bytes: Uint8Array): boolean {
  return detectClipContainer(bytes) !== undefined;
}

/** Decoders that people's clips may need; each is attack surface. */
const allowedDecoders =
  /^(h264|hevc|vp8|libvpx|vp9|libvpx-vp9|av1|libdav1d|libaom-av1|mpeg4|msmpeg4(v[12])?|mpeg[12]video|mjpeg|prores(_raw)?|dnxhd|h263p?|h263i|flv|theora|wmv[123]|vc1|vc1image|rawvideo|huffyuv|ffvhuff|ffv1|utvideo|cfhd|png|qtrle|svq[13]|dvvideo)$/;

export function isAllowedVideoDecoder(name: string | null): boolean {
  return name !== null && allowedDecoders.test(name);
}
