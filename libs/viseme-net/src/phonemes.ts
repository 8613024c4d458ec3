import table from '../assets/phonemes.json' with { type: 'json' };

/** The fifteen visemes, in the order of the network's output. */
export const VISEMES = ['sil', 'PP', 'FF', 'TH', 'DD', 'kk', 'CH', 'SS', 'nn', 'RR', 'aa', 'E', 'ih', 'oh', 'ou'] as const;
export type Viseme = (typeof VISEMES)[number];

/** The mouth's eight parameters, in the order of the network's output. */
export const MOUTH_PARAMS = ['jaw', 'round', 'spread', 'press', 'upperLip', 'lowerLip', 'teeth', 'tongue'] as const;
export type MouthParam = (typeof MOUTH_PARAMS)[number];

export const MOUTH_CLASSES = ['rest', 'closed', 'labiodental', 'open', 'spread', 'round', 'pushed', 'narrow'] as const;
export type MouthClass = (typeof MOUTH_CLASSES)[number];

export const phoneAlphabets = ['arpabet', 'ipa'] as const;
export type PhoneAlphabet = (typeof phoneAlphabets)[number];

/** A phone of ARPAbet or IPA, or a pause, as a synthesiser or an aligner times it. */
export interface Phone {
  symbol: string;
  startMs: number;
  endMs: number;
}

/** A viseme's share of a phone. */
export interface VisemeSegment {
  viseme: Viseme;
  startMs: number;
  endMs: number;
  /** The lips stay shut to the end of a nasal, and open with the burst of a plosive. */
  nasal: boolean;
  /** Part of a vowel: a glide has a vowel's shape and is none. */
  vowel: boolean;
  /** Which of the phones it came from. */
  phone: number;
}

type Group = 'jaw' | 'lips' | 'shape' | 'tongue';

export interface ClosureRule {
  viseme: Viseme;
  riseMs: number;
  fallMs: number;
  leastMs: number;
  releasedPart: number;
  releasedMostMs: number;
}

interface PhonemeTable {
  visemes: readonly Viseme[];
  params: readonly MouthParam[];
  classes: Record<MouthClass, readonly Viseme[]>;
  targets: Record<Viseme, Record<MouthParam, number>>;
  groups: Record<Group, readonly MouthParam[]>;
  dominance: Record<Viseme, Record<Group, number>>;
  decayMs: Record<Group, { before: number; after: number }>;
  closures: Record<'press' | 'teeth', ClosureRule>;
  nasals: readonly string[];
  holdPauseMs: number;
  smoothMs: number;
  diphthongFirstPart: number;
  opening: { jaw: number; upperLip: number; lowerLip: number; teethCloses: number };
  arpabet: Readonly<Record<string, readonly Viseme[]>>;
  ipa: Readonly<Record<string, Viseme>>;
}

/** `assets/phonemes.json`, which training reads too. */
export const phonemeTable = table as unknown as PhonemeTable;

/** Index into MOUTH_PARAMS. */
export const param = Object.fromEntries(MOUTH_PARAMS.map((name, i) => [name, i])) as Record<MouthParam, number>;

const classes = new Map(Object.entries(phonemeTable.classes).flatMap(([name, visemes]) => visemes.map((viseme) => [viseme, name as MouthClass])));
const nasals = new Set(phonemeTable.nasals);
const vowelVisemes: ReadonlySet<Viseme> = new Set(['aa', 'E', 'ih', 'oh', 'ou']);
const glides: ReadonlySet<string> = new Set(['Y', 'W', 'WH', 'j', 'w', 'ɥ', 'ɰ', 'ʍ', 'ç', 'ʝ']);

export function classOfViseme(viseme: Viseme): MouthClass {
  return classes.get(viseme)!;
}

/** The one or two visemes of a phone; silence for pauses and for what is no phone. */
export function visemesOfPhone(symbol: string, alphabet: PhoneAlphabet): readonly Viseme[] {
  if (alphabet === 'arpabet') return phonemeTable.arpabet[arpabetName(symbol)] ?? ['sil'];
  const found = ipaLetters(symbol).map((letter) => phonemeTable.ipa[letter]!);
  // An affricate is one gesture: the fricative shows.
  const [first, second] = found;
  if (found.length === 2 && first === 'DD' && (second === 'CH' || second === 'SS')) return [second];
  return found.length > 0 ? found.slice(0, 2) : ['sil'];
}

/** Visemes with their times; a diphthong is two, and silences that touch are one. */
export function visemeSegments(phones: readonly Phone[], alphabet: PhoneAlphabet): VisemeSegment[] {
  const segments: VisemeSegment[] = [];
  phones.forEach(({ symbol, startMs, endMs }, phone) => {
    if (endMs <= startMs) return;
    const [first, second] = visemesOfPhone(symbol, alphabet);
    const letters = alphabet === 'arpabet' ? [arpabetName(symbol)] : ipaLetters(symbol);
    const nasal = letters.some((letter) => nasals.has(letter));
    const vowel = vowelVisemes.has(first!) && !glides.has(letters[0]!);
    const middleMs = second === undefined ? endMs : startMs + (endMs - startMs) * phonemeTable.diphthongFirstPart;
    const last = segments.at(-1);
    if (first === 'sil' && last?.viseme === 'sil' && startMs - last.endMs < 1) last.endMs = endMs;
    else segments.push({ viseme: first!, startMs, endMs: middleMs, nasal, vowel, phone });
    if (second !== undefined) segments.push({ viseme: second, startMs: middleMs, endMs, nasal, vowel, phone });
  });
  return segments;
}

/** The viseme that is being said at times 0, 20, 40 … ms; silence outside. */
export function visemesAtSteps(segments: readonly VisemeSegment[], steps: number, stepMs = 20): Viseme[] {
  const said = new Array<Viseme>(steps).fill('sil');
  for (const { viseme, startMs, endMs } of segments) said.fill(viseme, firstStepFrom(startMs, stepMs), firstStepFrom(endMs, stepMs));
  return said;
}

/** Times that were summed up are off by a breath. */
function firstStepFrom(ms: number, stepMs: number): number {
  return Math.max(0, Math.ceil(ms / stepMs - 1e-9));
}

/** Case and stress say nothing about the mouth. */
function arpabetName(symbol: string): string {
  return symbol.toUpperCase().replace(/[0-2]+$/, '');
}

/** The letters of an IPA phone that have a shape: marks of length, stress, tone and the like have none. */
function ipaLetters(symbol: string): string[] {
  return [...symbol.normalize('NFC')].flatMap((letter) => (letter in phonemeTable.ipa ? [letter] : [...letter.normalize('NFD')].filter((part) => part in phonemeTable.ipa)));
}
