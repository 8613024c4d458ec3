import { colour } from '../paint/math.ts';
import { MEAN_SHAPE } from '../person.ts';
import type { Person } from '../person.ts';

export const layla: Person = {
  slug: 'layla', name: 'Layla', seed: 61,
  shape: { ...MEAN_SHAPE, cheeks: 0.98, jaw: 0.92, chin: 0.9, length: 0.99, bones: 0.4, eyeWidth: 31.5, eyeHeight: 11, eyeTilt: 2, lidCrease: 3.8, noseWidth: 0.98, noseBridge: 1.1, noseLength: 1.03, mouthWidth: 50, upperLip: 7.6, lowerLip: 9.8, smile: 2, browHeight: 19, browArch: 3.6, age: 0.12, fullness: 0.25 },
  skin: { base: colour('#cc9b78'), flush: colour('#c26f5c'), flushAmount: 0.32, lips: colour('#a84a50'), lipAmount: 0.62, gloss: 0.34, freckles: 0, stubble: 0 },
  eyes: { iris: colour('#4a2f18'), irisInner: colour('#80562c'), lashes: 1.1, liner: 0.9 },
  brows: { colour: colour('#20160f'), thickness: 6.4, density: 1.1 },
  dress: { kind: 'scarf', scarf: colour('#a9727a'), jacket: colour('#3a3d46') },
  turn: -3, tilt: 1.5, backdrop: { light: colour('#bcc5b4'), dark: colour('#66735f') }, neckWidth: 0.86, shoulders: 0.9,
};
