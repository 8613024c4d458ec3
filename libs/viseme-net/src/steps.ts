/** The network's clock: see README. Samples are at 16 kHz, media time is that of the sound. */
export const NET_SAMPLE_RATE_HZ = 16_000;
export const STEP_MS = 20;
export const STEP_SAMPLES = 320;
/** Step k hears the samples before STEP_SAMPLES × k + HEARD_SAMPLES … */
export const HEARD_SAMPLES = 560;
/** … and speaks about media time STEP_MS × k − STEP_DELAY_MS. */
export const STEP_DELAY_MS = 40;
export const LOOK_AHEAD_MS = 75;

/** Where on the network's clock a media time lies; whole numbers are steps. */
export function stepOfMs(mediaMs: number): number {
  return (mediaMs + STEP_DELAY_MS) / STEP_MS;
}

/** How many steps can be taken when the samples before `end` are known. */
export function stepsHeard(end: number): number {
  return end < HEARD_SAMPLES ? 0 : Math.floor((end - HEARD_SAMPLES) / STEP_SAMPLES) + 1;
}
