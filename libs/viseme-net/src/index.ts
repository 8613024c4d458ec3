export { coarticulation, MOUTH_STEP_MS, openingOf } from './coarticulation.ts';
export { clipFigures, sumOfFigures } from './figures.ts';
export type { ClipFigures, LipSyncFigures, MouthMotion } from './figures.ts';
export { classOfViseme, MOUTH_CLASSES, MOUTH_PARAMS, param, phoneAlphabets, phonemeTable, visemesAtSteps, visemeSegments, VISEMES, visemesOfPhone } from './phonemes.ts';
export type { MouthClass, MouthParam, Phone, PhoneAlphabet, Viseme, VisemeSegment } from './phonemes.ts';
