import { colour } from '../paint/math.ts';
import { MEAN_SHAPE } from '../person.ts';
import type { Person } from '../person.ts';

export const arjun: Person = {
  slug: 'arjun', name: 'Arjun', seed: 47,
  shape: { ...MEAN_SHAPE, cheeks: 1.01, jaw: 0.99, chin: 1.0, length: 1.02, bones: 0.6, eyeWidth: 30.5, eyeHeight: 10.4, eyeTilt: 0.8, lidCrease: 3.2, noseWidth: 1.12, noseBridge: 1.12, noseLength: 1.04, mouthWidth: 53, upperLip: 7, lowerLip: 9, smile: 1.8, browHeight: 17.5, browArch: 2.4, age: 0.32 },
  skin: { base: colour('#a8734f'), flush: colour('#98523b'), flushAmount: 0.3, lips: colour('#87504a'), lipAmount: 0.55, gloss: 0.4, freckles: 0, stubble: 0.3 },
  eyes: { iris: colour('#2a180d'), irisInner: colour('#513019'), lashes: 0.85, liner: 0.55 },
  brows: { colour: colour('#15100d'), thickness: 8, density: 1.2 },
  hair: { style: { kind: 'short', part: 26, height: 20, hairline: 70, recede: 0.15, wave: 1, length: 34, sides: 9 }, tone: { base: colour('#1c1513'), shine: colour('#756a66'), shineAmount: 0.7, grey: 0 } },
  beard: { length: 6.5, density: 1, tone: { base: colour('#1c1513'), shine: colour('#6b5d55'), shineAmount: 0.4, grey: 0.05 } },
  dress: { kind: 'coat', coat: colour('#e4e8ea'), scrubs: colour('#2f7c80') },
  turn: -4, tilt: 1.5, backdrop: { light: colour('#b9cfd6'), dark: colour('#5f8494') }, neckWidth: 1.01, shoulders: 1.02,
};
