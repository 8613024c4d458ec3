import { HOP_SAMPLES, releaseFactor, SHAPE_COUNT, SpeechShape, STATE_COUNT, WINDOW_SAMPLES } from './speech-shape.ts';

/*
 * Hot path: no allocation after construction.
 *
 * The mouth's shape every 10 ms, kept in a ring as long as audio may be pushed ahead. Step k hears the samples around k × HOP_SAMPLES
 * and depends on step k − 1 only, so the result doesn't depend on how the audio was cut into pieces, and audio can be taken back.
 */
const AUDIO_RING = 1 << 19;
const STEP_RING = 1 << 12;
/** Audio may be pushed this far ahead of the newest frame. */
export const MAX_AHEAD_MS = 30_000;

export class MouthTrack {
  private readonly audio = new Int16Array(AUDIO_RING);
  private readonly states = new Float32Array(STEP_RING * STATE_COUNT);
  private readonly speech = new SpeechShape();
  /** Samples known: all before this. */
  private end = 0;
  /** Steps known: all up to and including this one. */
  private lastStep = 0;
  private windowStart = 0;
  private readonly windowAt = (index: number): number => {
    const sample = this.windowStart + index;
    return sample < 0 ? 0 : this.audio[sample & (AUDIO_RING - 1)]! / 32768;
  };

  constructor() {
    SpeechShape.initial(this.states, 0);
  }

  /** Sample at 16 kHz where the next piece begins. */
  get endSample(): number {
    return this.end;
  }

  push(pcm: Float32Array): void {
    for (let i = 0; i < pcm.length; i++) {
      const value = pcm[i]!;
      this.audio[this.end++ & (AUDIO_RING - 1)] = value >= 1 ? 32767 : value <= -1 ? -32768 : value * 32767;
      if ((this.lastStep + 1) * HOP_SAMPLES + WINDOW_SAMPLES / 2 <= this.end) this.takeStep();
    }
  }

  private takeStep(): void {
    const step = this.lastStep + 1;
    this.windowStart = step * HOP_SAMPLES - WINDOW_SAMPLES / 2;
    this.speech.step(this.windowAt, this.states, stateOffset(this.lastStep), stateOffset(step));
    this.lastStep = step;
  }

  /** Forgets the audio from `sample` on. */
  truncate(sample: number): void {
    if (sample >= this.end) return;
    this.end = Math.max(0, sample);
    const heard = Math.max(0, Math.floor((this.end - WINDOW_SAMPLES / 2) / HOP_SAMPLES));
    this.lastStep = Math.min(this.lastStep, heard);
  }

  /** Writes the shape at a time (in samples at 16 kHz) to `out`; past the known audio it fades to rest. */
  shapeAt(sample: number, out: Float32Array): void {
    const position = Math.max(0, sample / HOP_SAMPLES);
    if (position >= this.lastStep) {
      const offset = stateOffset(this.lastStep);
      const fade = releaseFactor(((position - this.lastStep) * HOP_SAMPLES) / 16);
      for (let i = 0; i < SHAPE_COUNT; i++) out[i] = this.states[offset + i]! * fade;
      return;
    }
    const step = Math.floor(position);
    const t = position - step;
    const before = stateOffset(step);
    const after = stateOffset(step + 1);
    for (let i = 0; i < SHAPE_COUNT; i++) out[i] = this.states[before + i]! * (1 - t) + this.states[after + i]! * t;
  }
}

function stateOffset(step: number): number {
  return (step & (STEP_RING - 1)) * STATE_COUNT;
}
