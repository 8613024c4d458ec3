export { API_KEY_PREFIX, displayPrefix, generateApiKey, hashApiKey, parseApiKey } from './api-key.ts';
export type { NewApiKey } from './api-key.ts';
