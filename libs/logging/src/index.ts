export { addToLogContext, currentLogContext, runWithLogContext } from './log-context.ts';
export type { LogContext } from './log-context.ts';
export { createLogger } from './logger.ts';
export type { Logger, LoggerOptions } from './logger.ts';
