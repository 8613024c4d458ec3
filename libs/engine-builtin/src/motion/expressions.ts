import type { Expression } from '@visavis/engine';
import { ChannelFilter } from './channel-filter.ts';
import { channel } from './pose.ts';
import type { FacePose } from './pose.ts';

/*
 * Hot path: no allocation after construction.
 */
type Shape = Partial<Record<keyof typeof channel, number>>;

/** How a face shows a mood at its strongest. Much of it is in the eyes and in how the head is held. */
const shapes: Record<Expression, Shape> = {
  neutral: {},
  happy: { smile: 1, squint: 0.7, brow: 0.12, pitch: -0.006, lean: 0.006 },
  serious: { browFurrow: 0.45, frown: 0.22, squint: 0.25, pitch: 0.01 },
  surprised: { brow: 1, eyesWide: 1, jaw: 0.2, pitch: -0.014, lean: -0.008 },
  sad: { browInner: 1, frown: 0.8, blinkLeft: 0.14, blinkRight: 0.14, pitch: 0.022, roll: 0.012 },
  angry: { browFurrow: 1, squint: 0.6, eyesWide: 0.25, frown: 0.6, pitch: 0.016, lean: 0.012 },
};

/** From one mood to the next. */
const CHANGE_S = 0.4;

/** The mood that a face shows, on its way from one to another. */
export class ExpressionMotion {
  private readonly filter = new ChannelFilter(CHANGE_S);

  get atRest(): boolean {
    return this.filter.atRest;
  }

  /** What it adds to a pose; the part of the mouth gives way to speech. */
  get value(): FacePose {
    return this.filter.value;
  }

  show(expression: Expression, strength: number): void {
    const amount = strength > 0 ? Math.min(strength, 1) : 0;
    const { target } = this.filter;
    target.fill(0);
    const shape = shapes[expression];
    for (const name in shape) target[channel[name as keyof typeof channel]] = amount * shape[name as keyof typeof channel]!;
  }

  advance(seconds: number): void {
    this.filter.advance(seconds);
  }
}
