import { AsyncLocalStorage } from 'node:async_hooks';

/** Ids that every log line of one piece of work carries. */
export interface LogContext {
  request_id?: string;
  tenant_id?: string;
  session_id?: string;
  worker_id?: string;
  job_id?: string;
  avatar_id?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Runs `work` with the given ids; whatever it logs, however deep and however late, carries them. */
export function runWithLogContext<T>(context: LogContext, work: () => T): T {
  return storage.run(context, work);
}

/** Adds ids to the current context once they are known; outside of a context it does nothing. */
export function addToLogContext(ids: LogContext): void {
  const context = storage.getStore();
  if (context !== undefined) Object.assign(context, ids);
}

/** The ids in force here, or undefined outside of any work. */
export function currentLogContext(): Readonly<LogContext> | undefined {
  return storage.getStore();
}
