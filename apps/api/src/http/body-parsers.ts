import { ProblemError } from '@visavis/problems';
import type { FastifyInstance } from 'fastify';

const SDP_TYPES = ['application/sdp', 'application/trickle-ice-sdpfrag'];
const SDP_LIMIT_BYTES = 256 * 1024;

declare module 'fastify' {
  interface FastifyContextConfig {
    bodyLimitBytes?: number;
  }
}

/** Which bodies are taken: JSON, SDP as text, forms (by the multipart plugin). Everything else is a 415. */
export function installBodyParsers(fastify: FastifyInstance): void {
  // Fastify takes text/plain by itself; no route of ours does.
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    // Many clients say JSON on every request, a DELETE without a body included.
    if (body.byteLength === 0) {
      done(null, undefined);
      return;
    }
    try {
      done(null, withoutPrototypeKeys(JSON.parse(body.toString('utf8'))));
    } catch (error) {
      done(error instanceof ProblemError ? error : new ProblemError('invalid_request', 'The body is not valid JSON.'), undefined);
    }
  });
  fastify.addContentTypeParser<string>(SDP_TYPES, { parseAs: 'string', bodyLimit: SDP_LIMIT_BYTES }, (_request, body, done) => done(null, body));
}

/** A key such as `__proto__` never gets to an object that is merged later. */
function withoutPrototypeKeys(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.hasOwn(value, '__proto__') || (Object.hasOwn(value, 'constructor') && typeof (value as { constructor: unknown }).constructor === 'object')) {
    throw new SyntaxError('a key that is not allowed');
  }
  for (const [key, part] of Object.entries(value)) {
    storable(key);
    withoutPrototypeKeys(part);
  }
  return value;
}

/** Text that a database can keep: no NUL, no half of a surrogate pair. */
function storable(text: string): string {
  if (text.includes('\0') || !text.isWellFormed()) throw new ProblemError('invalid_request', 'The body holds a character that is no text: a NUL or half of a surrogate pair.');
  return text;
}
