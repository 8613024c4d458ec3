import { z } from 'zod';
import { Secret } from './secret.ts';

// Schemas for single environment variables: each takes the text of one and gives its typed value.

/** A text that must not print; `minLength` guards against a key that was typed by hand. */
export function secretVariable(minLength = 1) {
  return z
    .string()
    .min(minLength, `must have at least ${minLength} characters`)
    .transform((value) => new Secret(value));
}

/** A secret that travels in an Authorization header: no spaces, nothing beyond ASCII. */
export const tokenVariable = z
  .string()
  .regex(/^[\x21-\x7e]{16,256}$/, 'must have 16 to 256 printable ASCII characters without spaces')
  .transform((value) => new Secret(value));

/** An address with a password in it, such as `postgres://user:password@host/db`: checked, then kept secret. */
export function secretUrlVariable(...protocols: readonly string[]) {
  return z
    .string()
    .refine((value) => hasProtocol(value, protocols), `must be an address that starts with ${protocols.map((p) => `${p}://`).join(' or ')}`)
    .transform((value) => new Secret(value));
}

/** An http(s) address without its trailing slash. */
export const httpUrlVariable = z
  .string()
  .refine((value) => hasProtocol(value, ['http', 'https']), 'must be an address that starts with http:// or https://')
  .transform((value) => value.replace(/\/+$/, ''));

export function intVariable(min: number, max: number) {
  return z
    .string()
    .regex(/^-?\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);
}

export const portVariable = intVariable(0, 65_535);

const FLAGS: Readonly<Record<string, boolean>> = { true: true, '1': true, yes: true, on: true, false: false, '0': false, no: false, off: false };
export const flagVariable = z
  .string()
  .refine((value) => value.toLowerCase() in FLAGS, 'must be true or false')
  .transform((value) => FLAGS[value.toLowerCase()] === true);

/** Comma-separated words. */
export function listVariable<T extends string>(allowed?: readonly T[]) {
  return z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()).filter((part) => part !== ''))
    .refine((parts) => allowed === undefined || parts.every((part) => (allowed as readonly string[]).includes(part)), {
      message: `must be a comma-separated list of ${allowed?.join(', ')}`,
    })
    .transform((parts) => parts as T[]);
}

/** JSON of the given shape. */
export function jsonVariable<T extends z.ZodType>(schema: T, shape: string) {
  return z.string().transform((text, context): z.output<T> => {
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: `must be JSON like ${shape}` });
    return z.NEVER;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hasProtocol(value: string, protocols: readonly string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1));
}
