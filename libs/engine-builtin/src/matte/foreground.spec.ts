import { describe, expect, it } from 'vitest';
import { allocateI420 } from '@visavis/engine';
import { cutOut } from './cut-out.ts';
import { compositeRows } from './composite.ts';
import { alphaLevels, foregroundOf } from './foreground.ts';
import { plainPicture } from './background.ts';

const SIDE = 96;

/** A disc with a soft edge of 16 pixels. */
const alpha = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
  const fromCentre = Math.hypot((i % SIDE) - 47.5, Math.floor(i / SIDE) - 47.5);
  return Math.round(255 * Math.min(Math.max((40 - fromCentre) / 16, 0), 1));
});
/** Skin that gets darker to the right. */
const skin = (channel: number, x: number) => [224, 172, 140][channel]! - 0.6 * x;
const RED = [210, 20, 30] as const;

function onRed(channel: number): Uint8Array {
  return Uint8Array.from(alpha, (a, i) => Math.round((skin(channel, i % SIDE) * a + RED[channel]! * (255 - a)) / 255));
}

describe('foregroundOf', () => {
  it.each([0, 1, 2])('takes the old background out of channel %i wherever something of the person is seen', (channel) => {
    const picture = onRed(channel);
    const person = foregroundOf(picture, alphaLevels(alpha, SIDE, SIDE));
    let worst = 0;
    let untreated = 0;
    alpha.forEach((a, i) => {
      // What an error does to a picture is its share there.
      worst = Math.max(worst, (Math.abs(person[i]! - skin(channel, i % SIDE)) * a) / 255);
      untreated = Math.max(untreated, (Math.abs(picture[i]! - skin(channel, i % SIDE)) * a) / 255);
    });
    expect(worst).toBeLessThan(5);
    if (channel > 0) expect(untreated).toBeGreaterThan(25);
  });

  it('leaves the person untouched where nothing else is seen', () => {
    const channel = onRed(1);
    const person = foregroundOf(channel, alphaLevels(alpha, SIDE, SIDE));
    expect(person.filter((_, i) => alpha[i] === 255)).toEqual(channel.filter((_, i) => alpha[i] === 255));
  });

  it('continues the colours where the person ends, so that nothing else is drawn in by motion', () => {
    const person = foregroundOf(onRed(1), alphaLevels(alpha, SIDE, SIDE));
    expect(Math.abs(person[47 * SIDE]! - skin(1, 8))).toBeLessThan(20);
    expect(Math.abs(person[47 * SIDE + SIDE - 1]! - skin(1, 88))).toBeLessThan(20);
  });
});

describe('a person cut out of red', () => {
  it('has no red fringe on green', () => {
    const size = { width: SIDE, height: SIDE };
    const red = plainPicture('#d2141e', size);
    const grey = plainPicture('#a0a0a0', size);
    const green = plainPicture('#00b140', size);
    const original = allocateI420(size);
    compositeRows(grey, alpha, red, original, 0, SIDE);
    const ideal = allocateI420(size);
    compositeRows(grey, alpha, green, ideal, 0, SIDE);
    const shown = allocateI420(size);
    compositeRows(cutOut(original, alpha), alpha, green, shown, 0, SIDE);
    const naive = allocateI420(size);
    compositeRows(original, alpha, green, naive, 0, SIDE);
    const fromIdeal = (picture: Uint8Array) => Math.max(...picture.map((value, i) => Math.abs(value - ideal.data[i]!)));
    expect(fromIdeal(shown.data)).toBeLessThan(6);
    expect(fromIdeal(naive.data)).toBeGreaterThan(20);
  });
});
