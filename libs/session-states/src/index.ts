export { changeState, isBilled, isOver } from './transitions.ts';
export type { Actor, SessionChange, SessionState } from './transitions.ts';
export { dueEnd, isWorkerAlive, REASSIGN_WITHIN_MS } from './timeouts.ts';
export type { SessionClock } from './timeouts.ts';
