import { colour } from '../paint/math.ts';
import { MEAN_SHAPE } from '../person.ts';
import type { Person } from '../person.ts';

export const sofia: Person = {
  slug: 'sofia', name: 'Sofia', seed: 73,
  shape: { ...MEAN_SHAPE, cheeks: 0.99, jaw: 0.93, chin: 0.92, length: 0.97, bones: 0.4, eyeWidth: 30, eyeHeight: 10.6, eyeTilt: 1.4, lidCrease: 3.4, noseWidth: 0.97, noseBridge: 0.94, noseLength: 0.96, mouthWidth: 51, upperLip: 7.2, lowerLip: 9.4, smile: 2.4, browHeight: 19, browArch: 3, age: 0, fullness: 0.35 },
  skin: { base: colour('#d6a281'), flush: colour('#cf715d'), flushAmount: 0.38, lips: colour('#b25a58'), lipAmount: 0.55, gloss: 0.32, freckles: 0.65, stubble: 0 },
  eyes: { iris: colour('#5c4a24'), irisInner: colour('#9a7a38'), lashes: 0.9, liner: 0.55 },
  brows: { colour: colour('#3a2518'), thickness: 6.2, density: 1 },
  hair: { style: { kind: 'long', part: 14, hairline: 72, reach: 214, wave: 0.5, curl: 0.95, volume: 1.1 }, tone: { base: colour('#4b2b1a'), shine: colour('#b57b4c'), shineAmount: 0.6, grey: 0 } },
  dress: { kind: 'shirt', colour: colour('#54789b'), weave: 'denim', buttons: colour('#d9cfbf') },
  turn: -4, tilt: -1.5, backdrop: { light: colour('#d6c3a0'), dark: colour('#8d7752') }, neckWidth: 0.86, shoulders: 0.9,
};
