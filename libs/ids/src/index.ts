export { ID_PREFIXES, formatId, isUuid, newId, parseId } from './prefixed-id.ts';
export type { IdPrefix, PrefixedId } from './prefixed-id.ts';
export { createUuidV7Source, newUuid, uuidTimeMs } from './uuid-v7.ts';
