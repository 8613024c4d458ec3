/** Every Redis key of ours starts with this; BullMQ's have their own prefix. */
const ROOT = 'vv';

export const keys = {
  fleet: `${ROOT}:fleet`,
  worker: (workerId: string) => `${ROOT}:worker:${workerId}`,
  workerClaims: (workerId: string) => `${ROOT}:worker:${workerId}:claims`,
  workerWarm: (workerId: string) => `${ROOT}:worker:${workerId}:warm`,
  workerWake: (workerId: string) => `${ROOT}:worker:${workerId}:wake`,
  commands: (sessionId: string) => `${ROOT}:session:${sessionId}:commands`,
  positions: (sessionId: string) => `${ROOT}:session:${sessionId}:positions`,
  face: (sessionId: string) => `${ROOT}:session:${sessionId}:face`,
  pending: (sessionId: string) => `${ROOT}:session:${sessionId}:pending`,
  activity: (sessionId: string) => `${ROOT}:session:${sessionId}:activity`,
  epoch: (sessionId: string) => `${ROOT}:session:${sessionId}:epoch`,
  feed: (sessionId: string) => `${ROOT}:session:${sessionId}:feed`,
  timingsFeed: (sessionId: string) => `${ROOT}:session:${sessionId}:timings`,
  reports: `${ROOT}:reports`,
} as const;
