import { colour } from '../paint/math.ts';
import { MEAN_SHAPE } from '../person.ts';
import type { Person } from '../person.ts';

export const helen: Person = {
  slug: 'helen', name: 'Helen', seed: 59,
  shape: { ...MEAN_SHAPE, cheeks: 0.99, jaw: 0.98, chin: 0.96, length: 1.01, bones: 0.45, eyeWidth: 28, eyeHeight: 8.9, eyeTilt: -0.2, lidCrease: 2.6, noseWidth: 1.02, noseBridge: 1.05, noseLength: 1.04, mouthWidth: 51, upperLip: 5.8, lowerLip: 7, smile: 2, browHeight: 19, browArch: 3, age: 0.95, fullness: 0.15 },
  skin: { base: colour('#ddb39b'), flush: colour('#cf8070'), flushAmount: 0.36, lips: colour('#ae5557'), lipAmount: 0.6, gloss: 0.26, freckles: 0, stubble: 0 },
  eyes: { iris: colour('#4a6a72'), irisInner: colour('#8fa3a0'), lashes: 0.55, liner: 0.4 },
  brows: { colour: colour('#75695f'), thickness: 4.6, density: 0.8 },
  hair: { style: { kind: 'bun', hairline: 73, bunY: -136, bunRadius: 29, volume: 0.8 }, tone: { base: colour('#8c8a89'), shine: colour('#e2e4e8'), shineAmount: 0.6, grey: 0.35 } },
  glasses: { colour: colour('#3b2420') },
  dress: { kind: 'cardigan', cardigan: colour('#5b6f86'), blouse: colour('#ece7df') },
  turn: 3, tilt: 1.5, backdrop: { light: colour('#c9c3b2'), dark: colour('#7d7764') }, neckWidth: 0.9, shoulders: 0.92,
};
