import type { FrameOptions } from '@visavis/engine';
import type { PipelineEvent } from '../pipeline-event.ts';

/** An idle avatar costs its thread this part of a speaking one: measured 1.6 against 55 ms a second, and more while its loop isn't there. */
const IDLE_PART = 0.1;

/** What a session takes of its thread, in pixels a second of a speaking one: for the choice of a thread. */
export class SessionLoad {
  private readonly whole: number;
  private speaking = false;

  constructor({ width, height, fps }: FrameOptions) {
    this.whole = width * height * fps;
  }

  get now(): number {
    return this.speaking ? this.whole : this.whole * IDLE_PART;
  }

  note({ type }: PipelineEvent): void {
    if (type === 'utterance.started') this.speaking = true;
    else if (type === 'utterance.ended') this.speaking = false;
  }
}
