import { colour } from '../paint/math.ts';
import { MEAN_SHAPE } from '../person.ts';
import type { Person } from '../person.ts';

export const elias: Person = {
  slug: 'elias', name: 'Elias', seed: 23,
  shape: { ...MEAN_SHAPE, cheeks: 1.0, jaw: 0.96, chin: 0.98, length: 1.0, bones: 0.62, eyeWidth: 30, eyeHeight: 9.9, eyeTilt: 0.6, lidCrease: 2.4, noseWidth: 0.98, noseBridge: 1.14, noseLength: 1.03, mouthWidth: 53, upperLip: 6.4, lowerLip: 8, smile: 1.6, browHeight: 17.5, browArch: 1.8, age: 0.25 },
  skin: { base: colour('#d3a184'), flush: colour('#c4705c'), flushAmount: 0.34, lips: colour('#a4524c'), lipAmount: 0.62, gloss: 0.34, freckles: 0, stubble: 0.62 },
  eyes: { iris: colour('#47606e'), irisInner: colour('#8b9a8c'), lashes: 0.6, liner: 0.3 },
  brows: { colour: colour('#33241a'), thickness: 7.6, density: 1.1 },
  hair: { style: { kind: 'short', part: -24, height: 18, hairline: 68, recede: 0.25, wave: 0.45, length: 36, sides: 10 }, tone: { base: colour('#5a3c26'), shine: colour('#d0a274'), shineAmount: 0.8, grey: 0 } },
  dress: { kind: 'blazer', jacket: colour('#26344d'), under: 'shirt', underColour: colour('#d9e0e8') },
  turn: 4, tilt: 1, backdrop: { light: colour('#b6bcc4'), dark: colour('#5b6878') }, neckWidth: 1.02, shoulders: 1.03,
};
