/** Slots of the workers (`Fleet`). */
export const FLEET = Symbol('FLEET');
/** Commands and reports of running sessions (`SessionChannel`). */
export const SESSION_CHANNEL = Symbol('SESSION_CHANNEL');
/** BullMQ jobs on the workers' queues (`SessionDispatcher`). */
export const SESSION_DISPATCHER = Symbol('SESSION_DISPATCHER');
/** Session events to every node with a listener (`Feed`). */
export const FEED = Symbol('FEED');
