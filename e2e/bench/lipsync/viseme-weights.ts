import { MOUTH_PARAMS, phonemeTable, VISEMES, type Viseme } from '@visavis/viseme-net';

/** The mouth of weighted visemes, 0…1 each, at one step: their targets, added up; what is missing to 1 is rest. */
export function addWeighted(weights: Readonly<Partial<Record<Viseme, number>>>, params: Float32Array, step: number): void {
  MOUTH_PARAMS.forEach((name, i) => {
    const value = VISEMES.reduce((sum, viseme) => sum + (weights[viseme] ?? 0) * phonemeTable.targets[viseme][name], 0);
    params[step * MOUTH_PARAMS.length + i] = Math.min(value, 1);
  });
}

/** The Oculus names as browser libraries write them, "viseme_I" for ih. */
export function visemeOfMorphTarget(name: string): Viseme {
  const bare = name.replace('viseme_', '');
  const viseme = ({ I: 'ih', O: 'oh', U: 'ou' } as Record<string, Viseme>)[bare] ?? VISEMES.find((known) => known === bare);
  if (!viseme) throw new Error(`"${name}" is no viseme`);
  return viseme;
}
