import type { FastifyReply } from 'fastify';

/** Headers of every answer. Pages set a content security policy of their own; everything else may load nothing at all. */
export function setSecurityHeaders(reply: FastifyReply, https: boolean): void {
  void reply.headers({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  });
  if (https) void reply.header('strict-transport-security', 'max-age=31536000');
}
