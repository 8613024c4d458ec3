import { avatar, CLIP_CONTENT_TYPES, MAX_CLIP_BYTES, MAX_PICTURE_BYTES, PICTURE_CONTENT_TYPES, type Avatar } from '@visavis/contracts';
import { NetworkProblem, toApiProblem } from './problem.ts';

/** Browsers don't know all of these types by name; the ending then stands for it. */
const CLIP_ENDING = /\.(mp4|m4v|mov|webm|mkv|avi|mpe?g|ts|mts|m2ts|ogv)$/i;
export const UPLOAD_ACCEPT = [...PICTURE_CONTENT_TYPES, 'video/*', '.mkv', '.avi', '.mts', '.m2ts'].join(',');
/** What to film, in one sentence. */
export const WHAT_TO_FILM = 'Best is a clip of 10 to 60 seconds: one person who talks and pauses, face to the camera, even light, nothing before the face. A sharp portrait works, too.';
const MB = 1024 * 1024;
const MAX_NAME_LENGTH = 100;

export function isClip(file: { type: string; name: string }): boolean {
  return (CLIP_CONTENT_TYPES as readonly string[]).includes(file.type) || file.type.startsWith('video/') || (!file.type.startsWith('image/') && CLIP_ENDING.test(file.name));
}

/** What is wrong with a file before a byte of it is sent, or null. What is in it is judged by the API. */
export function uploadObjection(file: { type: string; size: number; name: string }): string | null {
  const clip = isClip(file);
  if (!clip && !(PICTURE_CONTENT_TYPES as readonly string[]).includes(file.type)) {
    return 'This is no picture or clip that we can read. Use a JPEG, PNG, WebP or AVIF picture, or an MP4, MOV, WebM or MKV clip.';
  }
  if (file.size === 0) return 'This file is empty.';
  const maxBytes = clip ? MAX_CLIP_BYTES : MAX_PICTURE_BYTES;
  if (file.size <= maxBytes) return null;
  const remedy = clip ? 'Cut it shorter: half a minute of talking is plenty.' : 'Save it smaller and try again.';
  return `This file has ${(file.size / MB).toFixed(1)} MB; ${clip ? 'a clip' : 'a picture'} may have at most ${maxBytes / MB} MB. ${remedy}`;
}

/** A name for an avatar from its file's name: `girl_with-pearl.JPG` → `Girl with pearl`. */
export function nameFromFile(fileName: string): string {
  const words = fileName.replace(/\.[^.]*$/, '').replace(/[_\-\s]+/g, ' ').trim();
  if (words === '') return 'New avatar';
  return (words.charAt(0).toUpperCase() + words.slice(1)).slice(0, MAX_NAME_LENGTH).trim();
}

/**
 * Uploads a portrait or clip. XMLHttpRequest, because fetch tells nothing about how much has been sent.
 * @param onSent called with the part sent, 0 to 1
 */
export function uploadAvatar(input: { name: string; file: File }, onSent: (fraction: number) => void, signal: AbortSignal): Promise<Avatar> {
  const form = new FormData();
  form.set('name', input.name);
  form.set(isClip(input.file) ? 'video' : 'image', input.file);
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
