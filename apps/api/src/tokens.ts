// What Nest injects by token, with the type that goes with each.

/** {@link ApiConfig} */
export const API_CONFIG = Symbol('API_CONFIG');
/** `Database` of \@visavis/db */
export const DATABASE = Symbol('DATABASE');
/** `Redis` of \@visavis/queue, for ordinary commands; subscribers and blocking readers duplicate it */
export const REDIS = Symbol('REDIS');
/** `Storage` of \@visavis/storage */
export const STORAGE = Symbol('STORAGE');
/** `Logger` of \@visavis/logging */
export const LOGGER = Symbol('LOGGER');
/** The mediasoup host of this process; only provided with the role "media" */
export const MEDIA_NODE = Symbol('MEDIA_NODE');
