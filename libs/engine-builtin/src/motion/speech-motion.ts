import { ChannelFilter } from './channel-filter.ts';
import { easeGently } from './easing.ts';
import { channel, CHANNEL_COUNT } from './pose.ts';
import type { FacePose } from './pose.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { SpeechBeats } from './speech-beats.ts';
import { VoiceStress } from './voice-stress.ts';

/*
 * Hot path: no allocation after construction.
 *
 * How a calm speaker moves head and brows: beats with what the voice stresses, and under them a slow turning from side to side that
 * finds a new place for every phrase. It comes with the voice and goes after it, and then is nothing at all.
 */
const STEP_S = 0.02;
/** A voice that pauses no longer than this goes on speaking. */
const PAUSE_STEPS = 15;
const COMES_S = 0.4;
const GOES_S = 0.6;
const TURN_S = 1;
const EMPHASIS_STEPS = 25;
const EMPHASIS = 1.45;
/** What ends a phrase, and how long one must have been for the eyes to mark its end. */
const PHRASE_ENDS_STEPS = 13;
const PHRASE_STEPS = 30;
const BLINK_SHARE = 0.75;

const turns = { yaw: 0.045, pitch: 0.016, roll: 0.022, shiftX: 0.01 } as const;
const TURN_CHANNELS = Object.keys(turns) as (keyof typeof turns)[];

export class SpeechMotion {
  /** What speech adds to the pose. */
  readonly value: FacePose = new Float32Array(CHANNEL_COUNT);
  /** When a blink is due that marks the end of a phrase, in seconds; never rises without one. */
  blinkS = -Infinity;
  private readonly random: Random;
  private readonly stress = new VoiceStress();
  private readonly beats: SpeechBeats;
  private readonly turn = new ChannelFilter(TURN_S);
  private readonly latest: FacePose = new Float32Array(CHANNEL_COUNT);
  private readonly before: FacePose = new Float32Array(CHANNEL_COUNT);
  private nowS = 0;
  private presence = 0;
  private restingSteps = 2;
  private silentSteps = PAUSE_STEPS;
  private phraseSteps = 0;
  private turnsAfter = 0;
  private emphasisSteps = 0;

  constructor(seed: number) {
    this.random = createRandom(seed ^ 0x5beec4);
    this.beats = new SpeechBeats(this.random);
  }

  /** Whether nothing of it shows: neither now nor in the step before, with which it is mixed. */
  get atRest(): boolean {
    return this.restingSteps >= 2;
  }

  /** The word that is said next is stressed. */
  emphasise(): void {
    this.emphasisSteps = EMPHASIS_STEPS;
    this.beats.start(this.nowS, EMPHASIS);
  }

  /** Goes on by a step of the lip sync network: how loud it is, and whether that is speech. */
  step(nowS: number, rms: number, speaking: boolean): void {
    this.nowS = nowS;
    this.stress.step(rms, speaking);
    this.followPhrase(this.stress.audible);
    const comes = this.silentSteps < PAUSE_STEPS || this.emphasisSteps > 0;
    this.presence = comes ? Math.min(1, this.presence + STEP_S / COMES_S) : Math.max(0, this.presence - STEP_S / GOES_S);
    if (this.stress.found > 0) this.beats.start(nowS, this.stress.found * (this.emphasisSteps > 0 ? EMPHASIS : 1));
    if (this.emphasisSteps > 0) this.emphasisSteps--;
    this.before.set(this.latest);
    this.latest.fill(0);
    this.restingSteps = this.presence === 0 ? this.restingSteps + 1 : 0;
    if (this.presence === 0) this.rest();
    else this.move(comes);
  }

  /** Sets `value` for a moment this part of a step after the one before the latest. */
  settle(part: number): void {
    const { value, before, latest } = this;
    for (let i = 0; i < CHANNEL_COUNT; i++) value[i] = before[i]! + (latest[i]! - before[i]!) * part;
  }

  private move(speaking: boolean): void {
    if (speaking && --this.turnsAfter <= 0) this.turnElsewhere();
    this.turn.advance(STEP_S);
    const { latest } = this;
    this.beats.addTo(latest, this.nowS);
    for (let i = 0; i < TURN_CHANNELS.length; i++) {
      const at = channel[TURN_CHANNELS[i]!];
      latest[at]! += this.turn.value[at]!;
    }
    latest[channel.brow]! += 0.05;
    const present = easeGently(this.presence);
    for (let i = 0; i < CHANNEL_COUNT; i++) latest[i]! *= present;
  }

  private rest(): void {
    this.beats.stop();
    this.turn.reset();
    this.turnsAfter = 0;
  }

  private turnElsewhere(): void {
    const { random, turn } = this;
    this.turnsAfter = Math.round((1 + 1.6 * random()) / STEP_S);
    for (let i = 0; i < TURN_CHANNELS.length; i++) {
      const name = TURN_CHANNELS[i]!;
      // Mostly near the middle.
      turn.target[channel[name]] = turns[name] * (random() + random() - 1);
    }
  }

  private followPhrase(audible: boolean): void {
    if (audible) {
      this.silentSteps = 0;
      this.phraseSteps++;
      return;
    }
    this.silentSteps++;
    if (this.silentSteps !== PHRASE_ENDS_STEPS) return;
    if (this.phraseSteps >= PHRASE_STEPS && this.random() < BLINK_SHARE) this.blinkS = this.nowS + 0.1 * this.random();
    this.phraseSteps = 0;
    this.turnsAfter = 0;
  }
}
