/*
 * What prepare says to many pictures: node libs/engine-builtin/bench/pictures.ts PICTURE...
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { PrepareError } from '@visavis/engine';
import { createBuiltinEngine } from '../src/index.ts';

const engine = createBuiltinEngine();
for (const path of process.argv.slice(2)) {
  const before = process.cpuUsage();
  let outcome: string;
  try {
    const { report, bundle } = await engine.prepare(readFileSync(path));
    outcome = `ready, ${Math.round(bundle.byteLength / 1024)} KiB, ${JSON.stringify(report)}`;
  } catch (error) {
    if (!(error instanceof PrepareError)) throw error;
    outcome = `${error.code}: ${error.message}`;
  }
  const { user, system } = process.cpuUsage(before);
  console.log(`${basename(path)} (${Math.round((user + system) / 1000)} ms of CPU): ${outcome}`);
}
