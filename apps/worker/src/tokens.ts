// What Nest injects by token, with the type that goes with each.

/** {@link WorkerConfig} */
export const WORKER_CONFIG = Symbol('WORKER_CONFIG');
/** `Logger` of \@visavis/logging */
export const LOGGER = Symbol('LOGGER');
/** `Redis` of \@visavis/queue */
export const REDIS = Symbol('REDIS');
/** `SessionChannel` of \@visavis/queue */
export const SESSION_CHANNEL = Symbol('SESSION_CHANNEL');
/** `CommandReader` of \@visavis/queue */
export const COMMAND_READER = Symbol('COMMAND_READER');
/** `Fleet` of \@visavis/queue */
export const FLEET = Symbol('FLEET');
/** The threads that run sessions: `PipelinePool` */
export const PIPELINE_POOL = Symbol('PIPELINE_POOL');
/** The engines this worker has, by name: `EngineRegistry` */
export const ENGINES = Symbol('ENGINES');
