export { encodeVideoFile } from './video-file.ts';
export type { VideoFileFormat } from './video-file.ts';
