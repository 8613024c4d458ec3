/*
 * Hot path: no allocation.
 *
 * How much a voice stresses what it says, from its loudness against its own level: it moves head and brows, slowly. One step of the
 * lip sync network at a time.
 */
/** Loudness (RMS of full scale) that a voice is taken to have before it was heard. */
const FIRST_LEVEL = 0.1;
const LOWEST_LEVEL = 0.012;
/** Parts of the way per step of 20 ms. */
const LEVEL_UP = 0.44;
const LEVEL_DOWN = 0.0024;
const STRESS_FOLLOWS = 0.08;

export class VoiceStress {
  /** 0…1 or a little more. */
  value = 0;
  private level = FIRST_LEVEL;

  /** @param speaking whether the sound of this step moves the mouth: noise and pauses have no stress. */
  step(rms: number, speaking: boolean): void {
    if (rms > this.level) this.level += (rms - this.level) * LEVEL_UP;
    else if (rms > 0.15 * this.level) this.level += (Math.max(rms, LOWEST_LEVEL) - this.level) * LEVEL_DOWN;
    const voice = speaking ? Math.min(rms / this.level, 1.1) ** 0.7 : 0;
    this.value += (voice - this.value) * STRESS_FOLLOWS;
  }
}
