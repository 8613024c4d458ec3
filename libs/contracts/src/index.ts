export * from './auth.ts';
export * from './common.ts';
export * from './events.ts';
export * from './resources.ts';
export * from './sessions.ts';
export * from './socket.ts';
export * from './timings.ts';
export * from './worker.ts';
