/** A quantity over time: values at rising instants, in milliseconds of one clock. */
export interface Curve {
  atMs: number[];
  values: number[];
}

/** The values at these instants, straight lines between the curve's own; outside it the nearest end. */
export function sampleCurve({ atMs, values }: Curve, instants: readonly number[]): number[] {
  let i = 0;
  return instants.map((instant) => {
    while (i > 0 && atMs[i]! > instant) i--;
    while (i + 1 < atMs.length && atMs[i + 1]! <= instant) i++;
    const [from, to] = [atMs[i]!, atMs[i + 1]];
    if (to === undefined || instant <= from) return values[i]!;
    return values[i]! + ((values[i + 1]! - values[i]!) * (instant - from)) / (to - from);
  });
}

export function betweenMs({ atMs, values }: Curve, fromMs: number, toMs: number): Curve {
  const inside = atMs.map((_, i) => i).filter((i) => atMs[i]! >= fromMs && atMs[i]! <= toMs);
  return { atMs: inside.map((i) => atMs[i]!), values: inside.map((i) => values[i]!) };
}

export function shifted(curve: Curve, byMs: number): Curve {
  return { atMs: curve.atMs.map((at) => at + byMs), values: curve.values };
}
