import { BLINK_S, blinkAt } from './blink.ts';
import type { IdleClips } from './idle-clips.ts';
import { channel, CHANNEL_COUNT } from './pose.ts';

/*
 * Hot path: no allocation after construction.
 *
 * A blink beside those of the idle layer. Where that one's lids were shut a moment ago or are about to be, its blink has to do.
 */
const APART_S = 0.5;

export class ExtraBlink {
  private readonly clips: IdleClips;
  private startS = -Infinity;
  private askedS = -Infinity;

  constructor(clips: IdleClips) {
    this.clips = clips;
  }

  /** How far lids are shut. @param askedS when a blink is to begin; one that was asked for before is not asked again. */
  valueAt(nowS: number, askedS: number, clip: number, frame: number): number {
    if (askedS > this.askedS && nowS >= askedS) {
      this.askedS = askedS;
      if (!this.blinksNear(clip, frame)) this.startS = nowS;
    }
    const since = nowS - this.startS;
    return since < BLINK_S ? blinkAt(since) : 0;
  }

  isOver(nowS: number): boolean {
    return nowS - this.startS >= BLINK_S;
  }

  private blinksNear(clip: number, frame: number): boolean {
    const { frames, poses } = this.clips.clips[clip]!;
    const before = Math.max(0, frame - Math.round(APART_S * this.clips.fps));
    const after = Math.min(frames, frame + Math.round((BLINK_S + APART_S) * this.clips.fps));
    for (let at = before; at < after; at++) if (poses[at * CHANNEL_COUNT + channel.blinkLeft]! > 0) return true;
    return false;
  }
}
