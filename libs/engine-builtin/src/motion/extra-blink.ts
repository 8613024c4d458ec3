import { BLINK_S, blinkAt } from './blink.ts';

/*
 * Hot path: no allocation after construction.
 *
 * A blink beside those of the idle layer. Lids that were shut a moment ago stay open instead.
 */
const SINCE_LAST_S = 0.5;

export class ExtraBlink {
  private startS = -Infinity;
  private askedS = -Infinity;
  private lastShutS = -Infinity;

  /** How far lids are shut. @param asked when a blink is to begin; one that was asked for before is not asked again. */
  valueAt(nowS: number, asked: number, idleLids: number): number {
    if (idleLids > 0) this.lastShutS = nowS;
    if (asked > this.askedS && nowS >= asked) {
      this.askedS = asked;
      if (nowS - this.lastShutS > SINCE_LAST_S) this.startS = nowS;
    }
    const since = nowS - this.startS;
    if (since >= BLINK_S) return 0;
    this.lastShutS = nowS;
    return blinkAt(since);
  }

  isOver(nowS: number): boolean {
    return nowS - this.startS >= BLINK_S;
  }
}
