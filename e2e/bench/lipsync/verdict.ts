import type { LipSyncFigures } from '@visavis/viseme-net';
import type { Measured } from '../row.ts';
import type { Table } from '../table.ts';
import type { Contestant } from './comparison.ts';
import { CLEAN, conditions } from './conditions.ts';

interface Figure {
  id: string;
  head: string;
  what: string;
  of(contestant: Contestant, condition: string): number | undefined;
  shown(value: number): string;
  /** Larger is better, unless this is set: then whatever lies nearer to 0. */
  towardsZero?: true;
  target?: { text: string; reached(value: number): boolean };
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const plain = (digits: number) => (value: number) => value.toFixed(digits);
const from = (name: keyof LipSyncFigures) => (contestant: Contestant, condition: string) => contestant.figures[condition]![name];
const atLeast = (least: number, text: string) => ({ text: `≥ ${text}`, reached: (value: number) => value >= least });
const atMost = (most: number, text: string) => ({ text, reached: (value: number) => Math.abs(value) <= most });

const figures: readonly Figure[] = [
  { id: 'correlation', head: 'opening r', what: 'mouth opening against the truth, correlation', of: from('correlation'), shown: plain(2), target: atLeast(0.85, '0.85') },
  { id: 'accuracy', head: 'class', what: 'frames of the right mouth class of eight', of: from('accuracy'), shown: percent, target: atLeast(0.7, '70 %') },
  { id: 'closures', head: 'p b m', what: 'closures of p, b and m', of: from('closures'), shown: percent, target: atLeast(0.95, '95 %') },
  { id: 'false-closures', head: 'false', what: 'frames of false closures', of: from('falseClosures'), shown: percent, towardsZero: true },
  { id: 'lip-teeth', head: 'f v', what: 'lip on teeth for f and v', of: from('lipTeeth'), shown: percent, target: atLeast(0.8, '80 %') },
  { id: 'rounded', head: 'rounded', what: 'rounded vowels', of: from('rounded'), shown: percent, target: atLeast(0.85, '85 %') },
  { id: 'silence', head: 'silence', what: 'frames open in silence', of: from('silentOpening'), shown: percent, towardsZero: true, target: atMost(0.01, '≤ 1 %') },
  { id: 'noise', head: 'noise', what: 'frames open in noise, music and breath', of: ({ openInAllNoise }, condition) => (condition === CLEAN.name ? openInAllNoise : undefined), shown: percent, towardsZero: true, target: atMost(0.01, '≤ 1 %') },
  { id: 'offset', head: 'late, ms', what: 'median lateness of the mouth', of: from('offsetMs'), shown: plain(0), towardsZero: true, target: atMost(20, 'within ±20 ms') },
  { id: 'jitter', head: 'jitter', what: 'trembling inside vowels', of: from('jitter'), shown: plain(4), towardsZero: true },
];

/** Lines for the budget: each figure that has a target, on clean voices. Ours is taken as it is, the others at their better delay. */
export function verdicts(ours: Contestant, others: readonly Contestant[], details: Record<string, unknown>): Measured[] {
  return figures.flatMap(({ id, what, of, shown, target, towardsZero }, index) => {
    if (!target) return [];
    const value = of(ours, CLEAN.name);
    const rivals = others.flatMap((contestant) => {
      const theirs = of(contestant, CLEAN.name);
      return theirs === undefined ? [] : [{ name: label(contestant), value: theirs, goodness: towardsZero ? -Math.abs(theirs) : theirs }];
    });
    const best = rivals.reduce<(typeof rivals)[number] | undefined>((a, b) => (a && a.goodness >= b.goodness ? a : b), undefined);
    const goodness = value === undefined ? -Infinity : towardsZero ? -Math.abs(value) : value;
    const comparison = !best ? '' : `${goodness > best.goodness ? 'best' : goodness === best.goodness ? 'level with' : 'behind'}${goodness > best.goodness ? '; next ' : ' '}${best.name} ${shown(best.value)}`;
    return [
      {
        id: `lipsync-${id}`,
        what: `lip sync: ${what}`,
        target: target.text,
        measured: `${value === undefined ? 'nothing to judge' : shown(value)} (${comparison})`,
        reached: value !== undefined && target.reached(value),
        details: index === 0 ? details : { value, best_other: best?.name, its_value: best?.value },
      },
    ];
  });
}

/** One table a condition: systems below each other, figures beside. */
export function comparisonTables(contestants: readonly Contestant[], clips: number, voices: number): Table[] {
  return conditions.map(({ name }, i) => {
    const shownFigures = figures.filter(({ of }) => contestants.some((contestant) => of(contestant, name) !== undefined));
    const targets = ['target', ...shownFigures.map(({ target }) => target?.text ?? ''), ''];
    return {
      title: `Lip sync, ${name}: ${clips} clips, ${voices} voices`,
      head: ['', ...shownFigures.map(({ head }) => head), ''],
      rows: [
        ...(i === 0 ? [targets] : []),
        ...contestants.map((contestant) => [
          label(contestant),
          ...shownFigures.map(({ of, shown }) => {
            const value = of(contestant, name);
            return value === undefined ? '–' : shown(value);
          }),
          '',
        ]),
      ],
      notes: i === 0 ? contestants.filter(({ soundDelayMs }) => soundDelayMs === 0).map(({ system }) => `${system.name}: ${system.note}.`) : [],
    };
  });
}

export function label({ system, soundDelayMs }: Contestant): string {
  if (soundDelayMs === 0) return system.name;
  return soundDelayMs > 0 ? `${system.name}, sound ${soundDelayMs} ms later` : `${system.name}, mouth ${-soundDelayMs} ms later`;
}
