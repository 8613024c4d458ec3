import { pino, type DestinationStream, type Logger } from 'pino';
import { currentLogContext } from './log-context.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly app: string;
  readonly level?: string;
  /** Where lines go; standard output if left out. */
  readonly destination?: DestinationStream;
}

// The last net: values under these names are not to be logged at all, and if they are, they don't show, one level deep too.
const NEVER_SHOWN = new Set(['authorization', 'cookie', 'set-cookie', 'token', 'client_token', 'key', 'api_key', 'password', 'secret', 'text', 'audio', 'body', 'headers']);
const CENSORED = '[redacted]';
// A write per line costs more than the line. What is left is written when the process exits.
const BUFFER_BYTES = 4096;
const FLUSH_INTERVAL_MS = 100;

/**
 * The logger of one app: JSON lines with a static message, a time in ISO form and the ids of the work in hand.
 */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      level: options.level ?? 'info',
      base: { app: options.app },
      messageKey: 'message',
      errorKey: 'error',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (line) => censored(line, 1) },
      mixin: () => ({ ...currentLogContext() }),
    },
    options.destination ?? pino.destination({ fd: 1, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_INTERVAL_MS }),
  );
}

/** The same object if there is nothing to hide, which is nearly always. */
function censored(line: Record<string, unknown>, depth: number): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const name in line) {
    const value = line[name];
    const shown = NEVER_SHOWN.has(name) ? CENSORED : depth > 0 && isPlain(value) ? censored(value, depth - 1) : value;
    if (shown !== value) (copy ??= { ...line })[name] = shown;
  }
  return copy ?? line;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
