export { isPublicAddress } from './address.ts';
export { fetchUserUrl } from './fetch-user-url.ts';
export type { FetchedFile, SafeFetchOptions } from './fetch-user-url.ts';
export { SafeFetchError } from './safe-fetch-error.ts';
export type { SafeFetchFailure } from './safe-fetch-error.ts';
export type { Resolve, ResolvedAddress } from './target.ts';
