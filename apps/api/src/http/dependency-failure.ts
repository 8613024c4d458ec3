const NETWORK_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
// Prisma: server not reachable, timed out, closed the connection, pool or transaction not available in time.
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);
// PostgreSQL: shutting down, starting up, too many connections; class 08 is connection trouble.
const POSTGRES_CODES = /^(57P0[1-3]|53300|08\d{3})$/;
const NAMES = new Set(['MaxRetriesPerRequestError', 'TimeoutError', 'AggregateError']);

/** Whether an error means that PostgreSQL, Redis or S3 can't be reached: not the caller's fault, and worth trying again. */
export function isDependencyFailure(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 5) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && (NETWORK_CODES.has(code) || PRISMA_CODES.has(code) || POSTGRES_CODES.test(code))) return true;
  if (NAMES.has(error.name) || error.message === 'Connection is closed.' || error.message === 'Command timed out') return true;
  if (error.message.startsWith('Connection terminated') || error.message.startsWith('timeout exceeded when trying to connect')) return true;
  return isDependencyFailure(error.cause, depth + 1);
}
