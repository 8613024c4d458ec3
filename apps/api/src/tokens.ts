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
/** `MediaNode` of \@visavis/media: the mediasoup host of this process */
export const MEDIA_NODE = Symbol('MEDIA_NODE');
