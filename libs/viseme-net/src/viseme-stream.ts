import { MAX_STEPS_ASKED } from './inference/hub.ts';
import type { InferenceConnection } from './inference/hub.ts';
import { InferenceSlot } from './inference/inference-slot.ts';
import { FEATURES_PER_STEP, LogMel } from './log-mel.ts';
import { MOUTH_PARAMS, VISEMES } from './phonemes.ts';
import { SoundRing } from './sound-ring.ts';
import { HEARD_SAMPLES, stepsHeard, STEP_SAMPLES } from './steps.ts';

/*
 * Hot path: no allocation after construction (see SoundRing for the exception).
 *
 * One sound's way through the network. All memory of the network is the state that one step hands to the next, and it is kept here: every
 * CHECKPOINT_STEPS a copy, so that sound can be taken back. What a step says depends on the samples only, not on how they came.
 */
const STEP_RING = 2048;
/** Requests end where a copy is due, so that the thread need not give back the states between. */
const CHECKPOINT_STEPS = MAX_STEPS_ASKED;
const CHECKPOINTS = STEP_RING / CHECKPOINT_STEPS;
/** After this much digital silence the network is as before any sound, and needs not be asked. */
const SILENCE_SAMPLES = 16_000;
/** Sound may be taken back this far before the newest moment that was asked about. */
const TAKE_BACK_SAMPLES = 16_000;
/** An answer that is overdue by ten seconds isn't waited for: what it would have said is nothing any more, and sound is not kept for ever. */
const GIVE_UP_STEPS = 500;
/** Whoever has all the time waits this long: for a thread that starts, or one that is replaced. */
const LONG_PATIENCE_MS = 30_000;

/** One for a thread: it keeps nothing between calls. */
const logMel = new LogMel();
const heard = new Float64Array(HEARD_SAMPLES);

export class VisemeStream {
  /** What the network says of step k, at `paramsOffset(k)`. */
  readonly params = new Float32Array(STEP_RING * MOUTH_PARAMS.length);
  /** How often an answer was not there when it was needed, and not within the patience either. */
  lateAnswers = 0;
  private readonly sound = new SoundRing();
  private readonly visemes = new Uint8Array(STEP_RING);
  private readonly loudness = new Float32Array(STEP_RING);
  private readonly slot: InferenceSlot;
  private readonly patienceMs: number;
  /** The state before step `next`. */
  private readonly state: Float32Array;
  /** The state before step c × CHECKPOINT_STEPS at c × its length. */
  private readonly checkpoints: Float32Array;
  /** The next step to be taken; while the thread is asked, the first of those that it was asked for. */
  private next = 0;
  private asked = 0;
  /** What the thread was asked has been taken back. */
  private unwanted = false;
  /** The answer was waited for in vain: once is enough, should the thread be gone. */
  private overdue = false;
  /** Steps before this are known. */
  private known = 0;
  private newestNeeded = 0;
  /** Samples before this were looked at: what follows are the newest ones of step `next`, or of one that is asked with it. */
  private scanned = 0;
  private lastLoudSample = -1;
  private closed = false;

  /** @param patienceMs how long `need` may stand still. Without it, as long as it takes. */
  constructor(connection: InferenceConnection, patienceMs = LONG_PATIENCE_MS) {
    this.slot = new InferenceSlot(connection);
    this.patienceMs = patienceMs;
    this.state = new Float32Array(connection.stateSize);
    this.checkpoints = new Float32Array(CHECKPOINTS * connection.stateSize);
  }

  /** Sample at which the next piece begins. */
  get endSample(): number {
    return this.sound.end;
  }

  /** Steps before this are known. */
  get knownSteps(): number {
    return this.known;
  }

  /** Steps before this are known as soon as the network has answered. */
  get heardSteps(): number {
    return stepsHeard(this.sound.end);
  }

  /** Mono at 16 kHz in −1…1. @throws RangeError when more sound waits than is kept. */
  push(pcm: Float32Array): void {
    if (this.overdue && Math.min(this.newestNeeded, this.heardSteps) - this.next > GIVE_UP_STEPS) this.giveUp();
    const oldestNeeded = Math.min(this.next, this.newestNeeded) - CHECKPOINT_STEPS;
    this.sound.append(pcm, oldestNeeded * STEP_SAMPLES - TAKE_BACK_SAMPLES - SILENCE_SAMPLES);
    this.advance();
  }

  /** Forgets the sound from `sample` on. */
  truncate(sample: number): void {
    if (sample >= this.sound.end) return;
    this.sound.truncate(sample);
    const valid = this.heardSteps;
    this.known = Math.min(this.known, valid);
    if (this.asked > 0 && this.next + this.asked > valid) this.unwanted = true;
    if (this.next > valid) this.returnTo(valid - (valid % CHECKPOINT_STEPS));
    this.scanned = Math.min(this.scanned, samplesBefore(this.unwanted ? this.next : this.next + this.asked));
    this.lastLoudSample = this.loudSampleBefore(this.scanned);
    this.advance();
  }

  /**
   * Whether a step is known, after waiting for it, or if its sound isn't there, for the last one before it. Ask for later steps from call
   * to call; earlier ones are kept for a second.
   */
  need(step: number): boolean {
    this.newestNeeded = Math.max(this.newestNeeded, step);
    this.advance();
    const last = Math.min(step, this.heardSteps - 1);
    if (this.known > last || this.closed) return this.known > step;
    const deadlineMs = performance.now() + this.patienceMs;
    while (this.known <= last) {
      const leftMs = deadlineMs - performance.now();
      if (this.overdue || leftMs <= 0 || !this.slot.wait(leftMs)) {
        this.overdue = true;
        this.lateAnswers++;
        return false;
      }
      this.advance();
    }
    return this.known > step;
  }

  paramsOffset(step: number): number {
    return (step % STEP_RING) * MOUTH_PARAMS.length;
  }

  /** Index of the likeliest viseme at a step, or −1 where it is not known. Never waits. */
  visemeAt(step: number): number {
    this.advance();
    return step >= 0 && step < this.known && step >= this.known - STEP_RING ? this.visemes[step % STEP_RING]! : -1;
  }

  /** Root mean square of the newest samples that a known step hears, of full scale. */
  loudnessAt(step: number): number {
    return this.loudness[step % STEP_RING]!;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.slot.close();
  }

  /** Takes what was answered, and asks for what was heard since. */
  private advance(): void {
    if (this.closed) return;
    if (this.asked > 0) {
      if (!this.slot.answered) return;
      this.takeAnswer();
    }
    const end = this.heardSteps;
    while (this.next < end) {
      if (this.isSilent(this.next)) this.takeSilence();
      else {
        this.ask(end);
        return;
      }
    }
  }

  private ask(end: number): void {
    const { mel, stateBefore } = this.slot.memory;
    const limit = Math.min(end, this.next - (this.next % CHECKPOINT_STEPS) + CHECKPOINT_STEPS);
    let step = this.next;
    do {
      this.sound.copy(step * STEP_SAMPLES, heard);
      logMel.stepFeatures(heard, mel, (step - this.next) * FEATURES_PER_STEP);
      step++;
    } while (step < limit && !this.isSilent(step));
    stateBefore.set(this.state);
    this.asked = step - this.next;
    this.slot.ask(this.asked);
  }

  private takeAnswer(): void {
    const count = this.asked;
    this.asked = 0;
    this.overdue = false;
    if (this.unwanted) this.unwanted = false;
    else {
      const { params, visemes, stateAfter } = this.slot.memory;
      for (let i = 0; i < count; i++) {
        const to = this.paramsOffset(this.next + i);
        for (let p = 0; p < MOUTH_PARAMS.length; p++) this.params[to + p] = params[i * MOUTH_PARAMS.length + p]!;
        this.visemes[(this.next + i) % STEP_RING] = likeliest(visemes, i * VISEMES.length);
      }
      this.state.set(stateAfter);
      this.goOn(count);
    }
    this.slot.finish();
  }

  private takeSilence(): void {
    const at = this.paramsOffset(this.next);
    this.params.fill(0, at, at + MOUTH_PARAMS.length);
    this.visemes[this.next % STEP_RING] = 0;
    this.state.fill(0);
    this.goOn(1);
  }

  /** A session goes on without what the network did not say in time, as after silence. */
  private giveUp(): void {
    if (this.asked > 0) this.unwanted = true;
    const end = Math.min(this.newestNeeded, this.heardSteps);
    while (this.next < end) this.takeSilence();
    this.scanned = samplesBefore(end);
    this.lastLoudSample = this.loudSampleBefore(this.scanned);
  }

  private goOn(steps: number): void {
    this.next += steps;
    this.known = Math.max(this.known, this.next);
    if (this.next % CHECKPOINT_STEPS === 0) this.checkpoints.set(this.state, this.checkpointOffset(this.next));
  }

  private returnTo(checkpoint: number): void {
    if (this.next - checkpoint > STEP_RING - CHECKPOINT_STEPS || checkpoint * STEP_SAMPLES < this.sound.oldest) throw new RangeError('sound can not be taken back that far');
    const at = this.checkpointOffset(checkpoint);
    // Step 0 comes after nothing.
    for (let i = 0; i < this.state.length; i++) this.state[i] = checkpoint === 0 ? 0 : this.checkpoints[at + i]!;
    this.next = checkpoint;
  }

  private checkpointOffset(step: number): number {
    return ((step / CHECKPOINT_STEPS) % CHECKPOINTS) * this.state.length;
  }

  /** Looks at the newest samples of a step, the first time that it comes up. */
  private isSilent(step: number): boolean {
    const until = samplesBefore(step + 1);
    if (this.scanned < until) {
      let power = 0;
      const from = this.scanned;
      for (let sample = from; sample < until; sample++) {
        const value = this.sound.at(sample);
        if (value === 0) continue;
        power += value * value;
        this.lastLoudSample = sample;
      }
      this.loudness[step % STEP_RING] = Math.sqrt(power / (until - from));
      this.scanned = until;
    }
    return until - 1 - this.lastLoudSample >= SILENCE_SAMPLES;
  }

  private loudSampleBefore(end: number): number {
    for (let sample = end - 1; sample >= Math.max(0, end - SILENCE_SAMPLES); sample--) if (this.sound.at(sample) !== 0) return sample;
    return Math.max(-1, end - SILENCE_SAMPLES - 1);
  }
}

/** How many samples the steps before this one hear. */
function samplesBefore(step: number): number {
  return step === 0 ? 0 : (step - 1) * STEP_SAMPLES + HEARD_SAMPLES;
}

function likeliest(values: Float32Array, at: number): number {
  let best = 0;
  for (let i = 1; i < VISEMES.length; i++) if (values[at + i]! > values[at + best]!) best = i;
  return best;
}
