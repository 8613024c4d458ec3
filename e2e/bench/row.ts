import type { Avatar } from '../support/api-types.ts';
import type { Stage } from '../support/stage.ts';
import { percentile } from '../support/statistics.ts';
import type { Table } from './table.ts';

export interface Surroundings {
  /** Videos of speakers to compare lip sync with, given by --clip. */
  clips: readonly string[];
  /** Says what is being done now. */
  say(what: string): void;
}

/** A running product, and what to talk to it with. */
export interface Bench extends Surroundings {
  stage: Stage;
  avatar: Avatar;
  /** Pictures and clips that sessions under load show, given by --avatar. */
  files: readonly string[];
}

/** One line of the budget table. */
export interface Measured {
  id: string;
  what: string;
  target: string;
  /** As it stands in the table. */
  measured: string;
  reached: boolean;
  /** Everything else worth keeping, for bench.json. */
  details: Record<string, unknown>;
  /** More than fits into a line: printed below the budget. */
  tables?: Table[];
}

/** Measures one or more lines of the table; `ids` are what `npm run bench -- <id>` is matched with. */
interface AnyRow {
  ids: readonly string[];
  /** Only measured when asked for by name or with --long. */
  long?: boolean;
}

export type Row = AnyRow & ({ alone?: false; measure(bench: Bench): Promise<Measured[]> } | { /** Needs no product. */ alone: true; measure(surroundings: Surroundings): Promise<Measured[]> });

/** A line about durations: p50 and p95 of the runs, judged by the p95. */
export function durations(id: string, what: string, budgetMs: number, runsMs: readonly number[], details: Record<string, unknown> = {}): Measured {
  const [p50, p95] = [percentile(runsMs, 0.5), percentile(runsMs, 0.95)];
  return {
    id,
    what,
    target: `p95 < ${budgetMs} ms`,
    measured: `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, ${runsMs.length} runs`,
    reached: p95 < budgetMs,
    details: { p50_ms: p50, p95_ms: p95, runs_ms: runsMs.map((ms) => Math.round(ms)), ...details },
  };
}
