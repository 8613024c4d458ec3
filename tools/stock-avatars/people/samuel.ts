import { colour } from '../paint/math.ts';
import { MEAN_SHAPE } from '../person.ts';
import type { Person } from '../person.ts';

export const samuel: Person = {
  slug: 'samuel', name: 'Samuel', seed: 83,
  shape: { ...MEAN_SHAPE, cheeks: 1.02, jaw: 1.06, chin: 1.08, length: 1.02, bones: 0.7, eyeWidth: 29, eyeHeight: 9.4, eyeTilt: 0.6, lidCrease: 2.8, noseWidth: 1.2, noseBridge: 0.92, noseTip: 1.1, mouthWidth: 55, upperLip: 8.4, lowerLip: 10.4, smile: 1.9, browHeight: 18, browArch: 2.2, age: 0.6, fullness: 0.1 },
  skin: { base: colour('#754a33'), flush: colour('#713524'), flushAmount: 0.26, lips: colour('#7a4038'), lipAmount: 0.5, gloss: 0.6, freckles: 0, stubble: 0.3 },
  eyes: { iris: colour('#21130b'), irisInner: colour('#3c2414'), lashes: 0.55, liner: 0.35 },
  brows: { colour: colour('#14100e'), thickness: 6.8, density: 0.9 },
  hair: { style: { kind: 'buzz', hairline: 70, recede: 0.15 }, tone: { base: colour('#1a1513'), shine: colour('#8a8582'), shineAmount: 0.3, grey: 0.22 } },
  beard: { length: 4, density: 0.9, tone: { base: colour('#1b1614'), shine: colour('#8e8a88'), shineAmount: 0.3, grey: 0.42 } },
  dress: { kind: 'sweater', colour: colour('#5d6b58'), neck: 'turtle', knit: 'rib' },
  turn: 4, tilt: -1, backdrop: { light: colour('#c5ab8d'), dark: colour('#76583f') }, neckWidth: 1.08, shoulders: 1.04,
};
