import { colour } from '../paint/math.ts';
import { MEAN_SHAPE } from '../person.ts';
import type { Person } from '../person.ts';

export const mei: Person = {
  slug: 'mei', name: 'Mei', seed: 31,
  shape: { ...MEAN_SHAPE, cheeks: 1.03, jaw: 0.92, chin: 0.86, length: 0.95, bones: 0.3, eyeWidth: 29.5, eyeHeight: 9.8, eyeTilt: 2.6, lidCrease: 1.9, noseWidth: 0.98, noseBridge: 0.78, noseLength: 0.96, noseTip: 0.9, mouthWidth: 47, upperLip: 6.8, lowerLip: 8.8, smile: 2, browHeight: 20.5, browArch: 2, age: 0.05, fullness: 0.4 },
  skin: { base: colour('#e3b998'), flush: colour('#dc8b7c'), flushAmount: 0.3, lips: colour('#b9575c'), lipAmount: 0.6, gloss: 0.3, freckles: 0, stubble: 0 },
  eyes: { iris: colour('#2c1a10'), irisInner: colour('#4e301b'), lashes: 0.75, liner: 0.7 },
  brows: { colour: colour('#2a1f1a'), thickness: 5.4, density: 0.9 },
  hair: { style: { kind: 'long', part: -10, hairline: 73, reach: 300, wave: 0.12, curl: 0, volume: 0.96 }, tone: { base: colour('#1b1513'), shine: colour('#7d7f8a'), shineAmount: 0.85, grey: 0 } },
  dress: { kind: 'sweater', colour: colour('#d8cbb5'), neck: 'crew', knit: 'knit' },
  turn: 3, tilt: -2, backdrop: { light: colour('#d9b7a6'), dark: colour('#94685c') }, neckWidth: 0.85, shoulders: 0.9,
};
