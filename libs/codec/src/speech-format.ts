/** FFmpeg's names of the containers that speech may come in. */
export type SpeechContainer = 'wav' | 'mp3' | 'ogg' | 'matroska' | 'flac' | 'aac' | 'mov' | 'aiff';

/**
 * Tells the container by its first bytes, or undefined for anything else. FFmpeg is never left to guess: what its guessing accepts
 * includes playlists, which name other files and addresses.
 */
export function detectSpeechContainer(bytes: Uint8Array): SpeechContainer | undefined {
  const ascii = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  const head = ascii(0, 4);
  if ((head === 'RIFF' || head === 'RF64') && ascii(8, 12) === 'WAVE') return 'wav';
  if (head === 'OggS') return 'ogg';
  if (head === 'fLaC') return 'flac';
  if (head === 'FORM' && ascii(8, 11) === 'AIF') return 'aiff';
  if (ascii(4, 8) === 'ftyp') return 'mov';
  if (bytes[0] === 0x1a && bytes[1] === 0x45 && bytes[2] === 0xdf && bytes[3] === 0xa3) return 'matroska';
  if (ascii(0, 3) === 'ID3') return 'mp3';
  if (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0) return ((bytes[1] ?? 0) & 0x06) === 0 ? 'aac' : 'mp3';
  return undefined;
}

/** Decoders that speech may need; a container can name many more, and each is attack surface. */
const allowedDecoders = /^(pcm_.*|mp3(float)?|libopus|opus|vorbis|libvorbis|flac|aac|alac|adpcm_(ms|ima_wav))$/;

export function isAllowedDecoder(name: string | null): boolean {
  return name !== null && allowedDecoders.test(name);
}
