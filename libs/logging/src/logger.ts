import { pino, type DestinationStream, type Logger } from 'pino';
import { currentLogContext } from './log-context.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly app: string;
  readonly level?: string;
  /** Where lines go; standard output if left out. */
  readonly destination?: DestinationStream;
}

// The last net: these keys are not to be logged at all, and if they are, their values don't show. One level deep is what pino can match cheaply.
const NEVER_SHOWN = ['authorization', 'cookie', 'set-cookie', 'token', 'client_token', 'key', 'api_key', 'password', 'secret', 'text', 'audio'];
const REDACT_PATHS = NEVER_SHOWN.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `headers["${name}"]`]);

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
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ ...currentLogContext() }),
      redact: { paths: REDACT_PATHS, censor: '[redacted]' },
    },
    options.destination ?? pino.destination({ fd: 1, sync: false }),
  );
}
