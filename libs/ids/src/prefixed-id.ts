import { newUuid } from './uuid-v7.ts';

/** Every kind of thing that the API names by id, with the prefix that its ids wear outside. */
export const ID_PREFIXES = {
  tenant: 'ten',
  user: 'usr',
  membership: 'mem',
  apiKey: 'key',
  avatar: 'avt',
  session: 'ses',
  utterance: 'utt',
  event: 'evt',
  webhookEndpoint: 'whk',
  transaction: 'txn',
  request: 'req',
} as const;

export type IdPrefix = (typeof ID_PREFIXES)[keyof typeof ID_PREFIXES];
export type PrefixedId<P extends IdPrefix = IdPrefix> = `${P}_${string}`;

const PREFIXES: ReadonlySet<string> = new Set(Object.values(ID_PREFIXES));
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A new id, sortable by time of birth: `newId('ses')` is `ses_0198…`. */
export function newId<P extends IdPrefix>(prefix: P): PrefixedId<P> {
  return `${prefix}_${newUuid()}`;
}

/**
 * The UUID inside an id from outside, or null if it is not an id of that kind.
 * Only the canonical spelling (lower case, dashes) passes, so that one thing has one address.
 */
export function parseId(prefix: IdPrefix, id: string): string | null {
  if (!id.startsWith(`${prefix}_`)) return null;
  const uuid = id.slice(prefix.length + 1);
  return UUID.test(uuid) ? uuid : null;
}

/**
 * The outside spelling of a stored UUID.
 *
 * @throws TypeError if it is no UUID: an id that parseId would refuse must never leave the house.
 */
export function formatId<P extends IdPrefix>(prefix: P, uuid: string): PrefixedId<P> {
  const canonical = uuid.toLowerCase();
  if (!PREFIXES.has(prefix) || !UUID.test(canonical)) throw new TypeError(`not a UUID for the prefix ${prefix}`);
  return `${prefix}_${canonical}`;
}

/** Whether a string is a UUID in canonical spelling. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}
