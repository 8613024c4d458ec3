// npm run bench: the budgets of the product, each measured on a running one and printed as a table and as bench.json.
//   npm run bench -- speak-audio idle   only these lines
//   npm run bench -- --long             the slow ones too
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import pg from 'pg';
import { speakingAvatar } from '../support/avatars.ts';
import { Stage } from '../support/stage.ts';
import { apiRow } from './api-row.ts';
import { churnRow } from './churn-row.ts';
import { engineRow } from './engine-row.ts';
import { failoverRow } from './failover-row.ts';
import { firstFrameRow, speakRows } from './latency-rows.ts';
import { idleRow, speakingRow } from './load-rows.ts';
import type { Bench, Measured, Row } from './row.ts';
import { syncRow } from './sync-row.ts';

const rows: readonly Row[] = [firstFrameRow, speakRows, syncRow, engineRow, speakingRow, idleRow, failoverRow, apiRow, churnRow];

const args = process.argv.slice(2);
const wanted = args.filter((word) => !word.startsWith('-'));
const withLong = args.includes('--long');
const unknown = wanted.filter((word) => !rows.some(({ ids }) => ids.some((id) => id.startsWith(word))));
if (unknown.length > 0) {
  console.error(`There is no line ${unknown.join(', ')}; there are ${rows.flatMap(({ ids }) => ids).join(', ')}.`);
  process.exit(2);
}
const chosen = rows.filter(({ ids, long }) => (wanted.length > 0 ? ids.some((id) => wanted.some((word) => id.startsWith(word))) : withLong || !long));

await liftLimits();
const stage = await Stage.open();
const measured: Measured[] = [];
const failed: { ids: readonly string[]; error: string }[] = [];
try {
  const bench: Bench = { stage, avatar: await speakingAvatar(stage.api) };
  for (const row of chosen) {
    const startedAtMs = performance.now();
    process.stdout.write(`… ${row.ids.join(', ')}`);
    try {
      measured.push(...(await row.measure(bench)));
    } catch (error) {
      failed.push({ ids: row.ids, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
    process.stdout.write(`  ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s\n`);
  }
} finally {
  await stage.close();
}

const machine = { cores: cpus().length, cpu: cpus()[0]?.model ?? 'unknown', memory_gib: Math.round(totalmem() / 2 ** 30), node: process.version };
writeFileSync('bench.json', `${JSON.stringify({ at: new Date().toISOString(), machine, rows: measured, failed }, null, 2)}\n`);
printTable(measured);
for (const { ids, error } of failed) console.error(`✗ ${ids.join(', ')} could not be measured: ${error}`);
console.log(`\n${machine.cores} × ${machine.cpu}, ${machine.memory_gib} GiB. Written to bench.json.`);
process.exit(failed.length > 0 ? 1 : 0);

/** The demo account may run as many sessions as the worker has slots for: capacity is what is measured, not the account's limit. */
async function liftLimits(): Promise<void> {
  const url = process.env['TEST_DATABASE_URL'];
  if (!url) throw new Error('Set TEST_DATABASE_URL to the owner\'s address of the product\'s database; `npm run bench` does.');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("UPDATE tenants SET concurrency_limit = 1000 WHERE slug = 'demo'").finally(() => client.end());
}

function printTable(lines: readonly Measured[]): void {
  const cells = [['what', 'target', 'measured', ''], ...lines.map(({ what, target, measured: value, reached }) => [what, target, value, reached ? 'reached' : 'not reached yet'])];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((line) => line[column]!.length)));
  console.log('');
  cells.forEach((line, i) => {
    console.log(line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
    if (i === 0) console.log(widths.map((width) => '─'.repeat(width)).join('  '));
  });
}
