export { createMediaNode } from './media-node.ts';
export { MediaError, isMediaError, type MediaErrorCode } from './media.errors.ts';
export type * from './media-node.types.ts';
