/*
 * Chooses the mouths of a photo's store: node libs/engine-builtin/bench/choose-mouth-samples.ts
 * Lets several voices and languages speak, collects every mouth on the way, as the phones say it and as the lip sync network hears it,
 * and writes `src/prepare/mouth-samples.json`: fixed mouths first, then those that leave all mouths of speech near one of them. Prints how
 * near, for the speech it chose from and for some that it didn't.
 */
import { writeFileSync } from 'node:fs';
import { segmentsOf, synthesise } from '@visavis/speech';
import { MOUTH_PARAMS, mouthOfSegments, mouthOfSound, phonemeTable } from '@visavis/viseme-net';
import type { MouthParam } from '@visavis/viseme-net';
import { mouthPlace, unlikeness } from '../src/prepare/mouth-likeness.ts';

const COUNT = 104;
/** Of places in the space of mouths that lie nearer to each other than this, in units, one is kept with their number. */
const SAME_PLACE = 0.006;
const ROUNDS = 12;

type Mouth = Partial<Record<MouthParam, number>>;

/** Mouths that must be there as they are, whatever speech needs most. */
const FIXED: readonly Mouth[] = [
  {},
  // Shut: at rest, on the way from and to wide and round mouths.
  phonemeTable.targets.PP,
  { ...phonemeTable.targets.PP, round: 0.55 },
  { ...phonemeTable.targets.PP, spread: 0.45 },
  { ...phonemeTable.targets.PP, jaw: 0.35 },
  // Lip at the teeth.
  phonemeTable.targets.FF,
  { ...phonemeTable.targets.FF, round: 0.5 },
  { ...phonemeTable.targets.FF, spread: 0.45 },
  { ...phonemeTable.targets.FF, jaw: 0.35 },
  // What is said alone and slowly.
  ...(['TH', 'DD', 'kk', 'CH', 'SS', 'nn', 'RR', 'aa', 'E', 'ih', 'oh', 'ou'] as const).map((viseme) => phonemeTable.targets[viseme]),
  // As far as it goes.
  { jaw: 1, upperLip: 0.6, lowerLip: 0.65 },
  { jaw: 1, spread: 0.7, upperLip: 0.55, lowerLip: 0.6 },
  { jaw: 0.85, round: 0.6, upperLip: 0.35, lowerLip: 0.4 },
];

const LEARN_FROM: readonly (readonly [voice: string, text: string])[] = [
  ['en-us-slt', 'Hello, and welcome! We move five big pots of fresh coffee every morning before the shops open. Would you rather have the blue one, or something warmer?'],
  ['en-us-rms', 'The quick brown fox jumps over the lazy dog, while the judge thought about measuring the long pier. Oh, my father, what a marvellous view of the harbour!'],
  ['en-us-slt', 'She sells sea shells; I owe you an hour. Don\'t ask me why both of them vanished. Peter Piper picked a peck of pickled peppers.'],
  ['en-gb', 'Nothing could be further from the truth, thought Ruth. We shall choose a few usual phrases and say them softly, please.'],
  ['de', 'Guten Morgen! Übermorgen fahren fünf müde Freunde mit dem Zug nach München. Schöne Grüße an alle, und bis bald.'],
  ['fr', 'Bonjour à tous. Un homme heureux voudrait peut-être une boule de pain, du beurre et beaucoup de fruits. Je vous remercie.'],
  ['es', 'Buenos días, amigos. El perro de mi vecino come mucho pan, y la lluvia en Sevilla es una pura maravilla.'],
  ['it', 'Buongiorno a tutti. La mia famiglia vive in una piccola casa vicino al fiume, e parla molto volentieri.'],
];
const CHECK_WITH: readonly (readonly [voice: string, text: string])[] = [
  ['en-us-slt', 'Your order has been shipped and should arrive on Thursday between two and four in the afternoon. May I help you with anything else?'],
  ['en-us-rms', 'Above the village, a bird was hovering over a foggy meadow. Wow, that is really beautiful!'],
  ['pl', 'Dzień dobry państwu. Proszę powiedzieć, w czym możemy dzisiaj pomóc.'],
];

async function mouthsOf(speech: typeof LEARN_FROM): Promise<Float32Array[]> {
  const mouths: Float32Array[] = [];
  const collect = (params: Float32Array) => {
    for (let at = 0; at < params.length; at += MOUTH_PARAMS.length) mouths.push(params.slice(at, at + MOUTH_PARAMS.length));
  };
  for (const [voice, text] of speech) {
    for await (const piece of synthesise(text, voice)) {
      collect(mouthOfSegments(segmentsOf(piece), (piece.samples.length / 48_000) * 1000));
      collect(mouthOfSound(every3rd(piece.samples)).params);
    }
  }
  return mouths;
}

/** From 48 to 16 kHz, by the mean of three: enough for lips. */
function every3rd(samples: Float32Array): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / 3) }, (_, i) => (samples[3 * i]! + samples[3 * i + 1]! + samples[3 * i + 2]!) / 3);
}

interface Place {
  params: Float32Array;
  place: Float64Array;
  /** How much it counts: with the root of how often it is met, so that rare mouths have a say. */
  weight: number;
}

function placesOf(mouths: readonly Float32Array[]): Place[] {
  const places: (Place & { met: number })[] = [];
  for (const params of mouths) {
    const place = mouthPlace(params);
    const same = places.find((known) => unlikeness(known.place, place) < SAME_PLACE);
    if (same) same.met++;
    else places.push({ params, place, met: 1, weight: 1 });
  }
  for (const place of places) place.weight = Math.sqrt(place.met);
  return places;
}

/** k-medoids on squared distance: begins with the farthest points, fixed ones stay. */
function choose(places: readonly Place[], fixed: readonly Place[], count: number): Place[] {
  const chosen = [...fixed];
  const nearest = places.map(({ place }) => Math.min(...chosen.map((other) => unlikeness(other.place, place))));
  while (chosen.length < count) {
    const farthest = places[nearest.reduce((best, distance, i) => (distance > nearest[best]! ? i : best), 0)]!;
    chosen.push(farthest);
    places.forEach(({ place }, i) => (nearest[i] = Math.min(nearest[i]!, unlikeness(place, farthest.place))));
  }
  for (let round = 0; round < ROUNDS; round++) {
    const groups = chosen.map((): Place[] => []);
    for (const place of places) groups[nearestOf(chosen, place)]!.push(place);
    for (let i = fixed.length; i < chosen.length; i++) chosen[i] = medoid(groups[i]!) ?? chosen[i]!;
  }
  return chosen;
}

function nearestOf(chosen: readonly Place[], { place }: Place): number {
  let best = 0;
  for (let i = 1; i < chosen.length; i++) if (unlikeness(chosen[i]!.place, place) < unlikeness(chosen[best]!.place, place)) best = i;
  return best;
}

/** Weighs far ones more than their number: nobody of a group may be left far away. */
function medoid(group: readonly Place[]): Place | undefined {
  const cost = (middle: Place) => group.reduce((sum, other) => sum + other.weight * unlikeness(middle.place, other.place) ** 3, 0);
  const costs = group.map(cost);
  return group[costs.indexOf(Math.min(...costs))];
}

function report(name: string, mouths: readonly Float32Array[], chosen: readonly Place[]): void {
  const distances = mouths.map((params) => {
    const place = mouthPlace(params);
    return Math.min(...chosen.map((other) => unlikeness(other.place, place)));
  });
  distances.sort((p, q) => p - q);
  const at = (part: number) => distances[Math.floor(part * (distances.length - 1))]!.toFixed(4);
  console.log(`${name}: ${mouths.length} mouths; distance to the nearest sample, in units: median ${at(0.5)}, 95th percentile ${at(0.95)}, largest ${at(1)}`);
}

const asPlace = (params: Float32Array): Place => ({ params, place: mouthPlace(params), weight: 1 });
const learnt = await mouthsOf(LEARN_FROM);
const places = placesOf(learnt);
const fixed = FIXED.map((mouth) => asPlace(Float32Array.from(MOUTH_PARAMS, (name) => mouth[name] ?? 0)));
const chosen = choose(places, fixed, COUNT);
console.log(`${places.length} distinct mouths`);
report('learnt from', learnt, chosen);
report('checked with', await mouthsOf(CHECK_WITH), chosen);
const rows = chosen.map(({ params }) => ` [${Array.from(params, (value) => Math.round(Math.min(Math.max(value, 0), 1) * 100) / 100).join(', ')}]`);
writeFileSync(new URL('../src/prepare/mouth-samples.json', import.meta.url), `[\n${rows.join(',\n')}\n]\n`);
process.exit(0);
