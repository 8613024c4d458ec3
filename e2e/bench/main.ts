// npm run bench: the budgets of the product, each measured on a running one and printed as a table and as bench.json.
//   npm run bench -- speak-audio idle   only these lines
//   npm run bench -- --long             the slow ones too
//   npm run bench -- speaking --avatar clip.mp4    idle and memory, too: with sessions of that avatar
//   npm run bench -- lipsync --clip speaker.mp4    and against the lips of a real speaker; `node e2e/bench/main.ts lipsync` needs no product
import { existsSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { speakingAvatar, stockPrepared } from '../support/avatars.ts';
import { Stage } from '../support/stage.ts';
import { apiRow } from './api-row.ts';
import { churnRow } from './churn-row.ts';
import { engineRow } from './engine-row.ts';
import { failoverRow } from './failover-row.ts';
import { firstFrameRow, speakRows } from './latency-rows.ts';
import { lipSyncRow } from './lipsync/lipsync-row.ts';
import { idleRow, speakingRow } from './load-rows.ts';
import { memoryRow } from './memory-row.ts';
import type { Measured, Row, Surroundings } from './row.ts';
import { syncRow } from './sync-row.ts';
import { formatTable } from './table.ts';

const rows: readonly Row[] = [firstFrameRow, speakRows, syncRow, lipSyncRow, engineRow, speakingRow, idleRow, memoryRow, failoverRow, apiRow, churnRow];

const { positionals: wanted, values: options } = parseArgs({ allowPositionals: true, options: { long: { type: 'boolean', default: false }, clip: { type: 'string', multiple: true, default: [] }, avatar: { type: 'string', multiple: true, default: [] } } });
const unknown = wanted.filter((word) => !rows.some(({ ids }) => ids.some((id) => id.startsWith(word))));
if (unknown.length > 0) {
  console.error(`There is no line ${unknown.join(', ')}; there are ${rows.flatMap(({ ids }) => ids).join(', ')}.`);
  process.exit(2);
}
const chosen = rows.filter(({ ids, long }) => (wanted.length > 0 ? ids.some((id) => wanted.some((word) => id.startsWith(word))) : options.long || !long));

const missing = options.avatar.filter((path) => !existsSync(path));
if (missing.length > 0) {
  console.error(`There is no file ${missing.join(', ')}.`);
  process.exit(2);
}

const surroundings: Surroundings = { clips: options.clip, say: (what) => process.stdout.write(process.stdout.isTTY ? `\r\x1b[K… ${what}` : '') };
const stage = chosen.every(({ alone }) => alone) ? undefined : await openStage();
const measured: Measured[] = [];
const failed: { ids: readonly string[]; error: string }[] = [];
try {
  if (stage) {
    surroundings.say('the stock avatars are prepared');
    await stockPrepared(stage.api);
  }
  const bench = stage && { ...surroundings, stage, files: options.avatar, avatar: await speakingAvatar(stage.api) };
  for (const row of chosen) {
    const startedAtMs = performance.now();
    process.stdout.write(`… ${row.ids.join(', ')}`);
    try {
      measured.push(...(await (row.alone ? row.measure(surroundings) : row.measure(bench!))));
    } catch (error) {
      failed.push({ ids: row.ids, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
    process.stdout.write(`  ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s\n`);
  }
} finally {
  await stage?.close();
}

const machine = { cores: cpus().length, cpu: cpus()[0]?.model ?? 'unknown', memory_gib: Math.round(totalmem() / 2 ** 30), node: process.version };
writeFileSync('bench.json', `${JSON.stringify({ at: new Date().toISOString(), machine, avatars: options.avatar, rows: measured, failed }, null, 2)}\n`);
const budget = measured.map(({ what, target, measured: value, reached }) => [what, target, value, reached ? 'reached' : 'not reached yet']);
console.log(`\n${formatTable({ head: ['what', 'target', 'measured', ''], rows: budget })}`);
for (const { title, notes = [], ...table } of measured.flatMap(({ tables = [] }) => tables)) console.log(`\n${title}\n\n${formatTable(table)}\n${notes.map((note) => `${note}\n`).join('')}`);
for (const { ids, error } of failed) console.error(`✗ ${ids.join(', ')} could not be measured: ${error}`);
console.log(`\n${machine.cores} × ${machine.cpu}, ${machine.memory_gib} GiB. Written to bench.json.`);
process.exit(failed.length > 0 ? 1 : 0);

async function openStage(): Promise<Stage> {
  await liftLimits();
  return Stage.open();
}

/** The demo account may run as many sessions as the worker has slots for: capacity is what is measured, not the account's limit. */
async function liftLimits(): Promise<void> {
  const url = process.env['TEST_DATABASE_URL'];
  if (!url) throw new Error('Set TEST_DATABASE_URL to the owner\'s address of the product\'s database; `npm run bench` does.');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("UPDATE tenants SET concurrency_limit = 1000 WHERE slug = 'demo'").finally(() => client.end());
}
