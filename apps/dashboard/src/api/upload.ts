import { avatar, MAX_UPLOAD_BYTES, type Avatar } from '@visavis/contracts';
import { NetworkProblem, toApiProblem } from './problem.ts';

export const UPLOAD_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/avif'];
const MAX_NAME_LENGTH = 100;

/** What is wrong with a file before a byte of it is sent, or null. The picture itself is judged by the API. */
export function uploadObjection(file: { type: string; size: number }): string | null {
  if (!UPLOAD_TYPES.includes(file.type)) return 'This is not a picture we can read. Use a JPEG, PNG, WebP or AVIF file.';
  if (file.size === 0) return 'This file is empty.';
  if (file.size > MAX_UPLOAD_BYTES) {
    const sizeMb = (file.size / 1024 / 1024).toFixed(1);
    return `This file has ${sizeMb} MB; at most ${MAX_UPLOAD_BYTES / 1024 / 1024} MB can be uploaded. Save it smaller and try again.`;
  }
  return null;
}

/** A name for an avatar from its file's name: `girl_with-pearl.JPG` → `Girl with pearl`. */
export function nameFromFile(fileName: string): string {
  const words = fileName.replace(/\.[^.]*$/, '').replace(/[_\-\s]+/g, ' ').trim();
  if (words === '') return 'New avatar';
  return (words.charAt(0).toUpperCase() + words.slice(1)).slice(0, MAX_NAME_LENGTH).trim();
}

/**
 * Uploads a portrait. XMLHttpRequest, because fetch tells nothing about how much has been sent.
 * @param onSent called with the part sent, 0 to 1
 */
export function uploadAvatar(input: { name: string; image: File }, onSent: (fraction: number) => void, signal: AbortSignal): Promise<Avatar> {
  const form = new FormData();
  form.set('name', input.name);
  form.set('image', input.image);
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', '/v1/avatars');
    xhr.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onSent(event.loaded / event.total);
    });
    xhr.addEventListener('error', () => reject(new NetworkProblem('The upload broke off.')));
    xhr.addEventListener('abort', () => reject(new DOMException('The upload was cancelled.', 'AbortError')));
    xhr.addEventListener('load', () => {
      if (xhr.status < 200 || xhr.status >= 300) {
        reject(toApiProblem(xhr.status, xhr.responseText, (name) => xhr.getResponseHeader(name)));
        return;
      }
      const parsed = avatar.safeParse(JSON.parse(xhr.responseText));
      if (parsed.success) resolve(parsed.data);
      else reject(parsed.error);
    });
    signal.addEventListener('abort', () => xhr.abort(), { once: true });
    xhr.send(form);
  });
}
