export { Storage } from './storage.ts';
export type { ObjectInfo, PresignOptions, StorageOptions, StoredObject } from './storage.ts';
