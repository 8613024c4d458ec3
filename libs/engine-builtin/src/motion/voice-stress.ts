/*
 * Hot path: no allocation.
 *
 * Which syllables a voice stresses, from its loudness against its own level: a speaker's head and brows go with them. One step of the
 * lip sync network at a time.
 */
/** Loudness (RMS of full scale) that a voice is taken to have before it was heard. */
const FIRST_LEVEL = 0.1;
const LOWEST_LEVEL = 0.012;
/** Parts of the way per step of 20 ms. */
const LEVEL_UP = 0.44;
const LEVEL_DOWN = 0.0024;
const LOUDNESS_FOLLOWS = 0.45;
const USUAL_FOLLOWS = 0.22;
/** Below this part of its usual loudness a voice says nothing. */
const AUDIBLE = 0.15;
/** A syllable rises this much, and is over its peak when it has fallen by this. */
const SYLLABLE_RISES = 0.12;
const SYLLABLE_FALLS = 0.03;
/** In steps: a stress comes no sooner after the last one, or later only if it is a clear one. */
const CLEAR_STRESS_AFTER = 32;
const ANY_STRESS_AFTER = 50;
const CLEAR = 0.55;
const ANY = 0.3;
const NEW_PHRASE_AFTER = 13;

export class VoiceStress {
  /** Whether the voice is heard in this step. */
  audible = false;
  /** How strong the stress is that was found in this step, 0…1, or 0 if none was. */
  found = 0;
  private level = FIRST_LEVEL;
  private loudness = 0;
  private valley = 0;
  private peak = 0;
  private rising = true;
  private usualPeak = 0.7;
  private sinceStress = ANY_STRESS_AFTER;
  private silentSteps = NEW_PHRASE_AFTER;
  private firstOfPhrase = true;

  /** @param speaking whether the sound of this step moves the mouth: noise and pauses have no stress. */
  step(rms: number, speaking: boolean): void {
    if (rms > this.level) this.level += (rms - this.level) * LEVEL_UP;
    else if (rms > 0.15 * this.level) this.level += (Math.max(rms, LOWEST_LEVEL) - this.level) * LEVEL_DOWN;
    const voice = speaking ? Math.min(rms / this.level, 1.1) ** 0.7 : 0;
    this.audible = voice > AUDIBLE;
    this.silentSteps = this.audible ? 0 : this.silentSteps + 1;
    if (this.silentSteps >= NEW_PHRASE_AFTER) this.firstOfPhrase = true;
    this.loudness += (voice - this.loudness) * LOUDNESS_FOLLOWS;
    this.sinceStress++;
    this.found = this.isOverPeak() ? this.stressOf(this.peak) : 0;
    if (this.found > 0) this.sinceStress = 0;
  }

  /** Whether a syllable's loudest moment has just gone by. */
  private isOverPeak(): boolean {
    const { loudness } = this;
    if (this.rising) {
      this.peak = Math.max(this.peak, loudness);
      if (loudness > this.peak - SYLLABLE_FALLS) return false;
      this.rising = false;
      const syllable = this.peak - this.valley > SYLLABLE_RISES;
      this.valley = loudness;
      return syllable;
    }
    this.valley = Math.min(this.valley, loudness);
    if (loudness > this.valley + SYLLABLE_FALLS) {
      this.rising = true;
      this.peak = loudness;
    }
    return false;
  }

  private stressOf(peak: number): number {
    const strength = 0.5 + (peak - this.usualPeak) / 0.3 + (this.firstOfPhrase ? 0.2 : 0);
    this.usualPeak += (peak - this.usualPeak) * USUAL_FOLLOWS;
    this.firstOfPhrase = false;
    const counts = (strength > CLEAR && this.sinceStress > CLEAR_STRESS_AFTER) || (strength > ANY && this.sinceStress > ANY_STRESS_AFTER);
    return counts ? Math.min(strength, 1) : 0;
  }
}
