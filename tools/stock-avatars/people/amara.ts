import { colour } from '../paint/math.ts';
import { MEAN_SHAPE } from '../person.ts';
import type { Person } from '../person.ts';

export const amara: Person = {
  slug: 'amara', name: 'Amara', seed: 11,
  shape: { ...MEAN_SHAPE, cheeks: 1.0, jaw: 0.93, chin: 0.92, length: 0.99, bones: 0.55, eyeWidth: 30.5, eyeHeight: 11.4, eyeTilt: 2, lidCrease: 3.6, noseWidth: 1.16, noseBridge: 0.84, noseTip: 1.05, mouthWidth: 52, upperLip: 9.6, lowerLip: 11.4, smile: 1.9, browHeight: 19.5, browArch: 4, age: 0.15, fullness: 0.35 },
  skin: { base: colour('#93603f'), flush: colour('#8f452f'), flushAmount: 0.3, lips: colour('#93404a'), lipAmount: 0.62, gloss: 0.55, freckles: 0, stubble: 0 },
  eyes: { iris: colour('#2b1a10'), irisInner: colour('#4a2c18'), lashes: 1, liner: 0.75 },
  brows: { colour: colour('#120c0a'), thickness: 5.8, density: 1 },
  hair: { style: { kind: 'afro', hairline: 66, thickness: 34, coil: 1.5 }, tone: { base: colour('#1d1412'), shine: colour('#6b5548'), shineAmount: 0.95, grey: 0 } },
  dress: { kind: 'blazer', jacket: colour('#b8782f'), under: 'blouse', underColour: colour('#efe6da') },
  turn: -3, tilt: -1.5, backdrop: { light: colour('#8fb0ad'), dark: colour('#3d5f62') }, neckWidth: 0.88, shoulders: 0.93,
};
