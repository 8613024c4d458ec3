import type { FrameOptions } from '@visavis/engine';
import type { PipelineEvent } from '../pipeline-event.ts';

/** An idle avatar costs this part of a speaking one at most: about 3 against 60 ms a second, and a viewer who joins has it drawn for a moment. */
const IDLE_PART = 0.1;
/** Who spoke so recently, or has only just come, may speak again at any moment. */
const RESTS_AFTER_MS = 30_000;

/** What a session takes of its worker, in pixels a second of a speaking one. */
export class SessionLoad {
  private readonly whole: number;
  private speaking = false;
  private quietSinceMs: number;

  constructor({ width, height, fps }: FrameOptions, nowMs: number) {
    this.whole = width * height * fps;
    this.quietSinceMs = nowMs;
  }

  /** For the choice of a thread. */
  get now(): number {
    return this.speaking ? this.whole : this.whole * IDLE_PART;
  }

  /** What others may have of its place, for the worker's capacity. */
  spare(nowMs: number): number {
    return !this.speaking && nowMs - this.quietSinceMs >= RESTS_AFTER_MS ? this.whole * (1 - IDLE_PART) : 0;
  }

  note({ type }: PipelineEvent, nowMs: number): void {
    if (type === 'utterance.started' || type === 'utterance.position') this.speaking = true;
    else if (type === 'utterance.ended') {
      this.speaking = false;
      this.quietSinceMs = nowMs;
    }
  }
}
