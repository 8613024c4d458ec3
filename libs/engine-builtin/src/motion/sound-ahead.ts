import { HEARD_SAMPLES, STEP_SAMPLES, VISEMES } from '@visavis/viseme-net';
import type { VisemeStream } from '@visavis/viseme-net';

/*
 * Hot path: no allocation.
 *
 * Whether speech is on its way in the sound that was pushed and not shown yet. Where the network has heard it, it knows speech from
 * noise; where it has not, whatever is loud may be speech.
 */
const SILENT = VISEMES.indexOf('sil');
const LOUD = 0.01;

export class SoundAhead {
  private readonly sound: VisemeStream;
  private lastLoudEnd = 0;
  private lookedAt = 0;
  private lastSpoken = -1;

  constructor(sound: VisemeStream) {
    this.sound = sound;
  }

  push(start: number, pcm16k: Float32Array): void {
    for (let i = pcm16k.length - 1; i >= 0; i--) {
      if (pcm16k[i]! < LOUD && pcm16k[i]! > -LOUD) continue;
      this.lastLoudEnd = start + i + 1;
      return;
    }
  }

  /** @param shown the step that the newest frame shows. */
  truncate(sample: number, shown: number): void {
    this.lastLoudEnd = Math.min(this.lastLoudEnd, sample);
    this.lookedAt = Math.min(this.lookedAt, Math.max(0, shown));
    this.lastSpoken = -1;
  }

  hasSpeechFrom(step: number): boolean {
    const { knownSteps } = this.sound;
    for (; this.lookedAt < knownSteps; this.lookedAt++) if (this.sound.visemeAt(this.lookedAt) !== SILENT) this.lastSpoken = this.lookedAt;
    const heard = knownSteps === 0 ? 0 : (knownSteps - 1) * STEP_SAMPLES + HEARD_SAMPLES;
    return this.lastSpoken >= step || this.lastLoudEnd > heard;
  }
}
