/** Media time is an integer count of samples at this rate, from the start of a session's epoch. */
export const MEDIA_CLOCK_HZ = 48_000;

/** Engines hear mono speech at this rate, whatever the voice or the upload brought. */
export const ENGINE_SAMPLE_RATE_HZ = 16_000;
