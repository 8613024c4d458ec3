/** What is wrong with a sound file before it is sent, or null. Whether it can be decoded, the API says. */
export function soundObjection(file: { size: number; type: string }, maxBytes: number): string | null {
  if (file.size === 0) return 'This file is empty.';
  if (file.type !== '' && !file.type.startsWith('audio/') && file.type !== 'video/ogg' && file.type !== 'application/ogg') {
    return 'This is not a sound file. Use WAV, MP3 or Opus.';
  }
  if (file.size > maxBytes) return `This file has ${(file.size / 1024 / 1024).toFixed(1)} MB; at most ${maxBytes / 1024 / 1024} MB can be sent at once.`;
  return null;
}

/** Why the microphone could not be used, and what to do. */
export function microphoneMessage(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') return 'The microphone is blocked. Allow it for this page in the browser’s address bar, then try again.';
  if (name === 'NotFoundError') return 'No microphone was found. Connect one and try again.';
  return 'The microphone could not be opened. Another program may be using it.';
}
