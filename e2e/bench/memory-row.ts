import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import sharp from 'sharp';
import { ready, uploaded } from '../support/avatars.ts';
import { painting } from '../support/pictures.ts';
import { runLoad } from './load.ts';
import { PREPARE_TIMEOUT_MS, workerMib } from './load-rows.ts';
import type { Bench, Row } from './row.ts';

const AVATARS = 14;
const TARGET_MIB = 2048;
const MEASURE_MS = 10_000;
const paintings = ['lisa', 'pearl', 'gogol'];

/** As many avatars as sessions: what lies in memory once for each of them. Files given by --avatar are taken in turn. */
export const memoryRow: Row = {
  ids: ['memory'],
  async measure(bench: Bench) {
    const { api } = bench.stage;
    const ids: string[] = [];
    for (let index = 0; index < AVATARS; index++) {
      const path = bench.files[index % bench.files.length];
      const name = `Memory ${index + 1}`;
      ids.push(await (path === undefined ? uploaded(api, await anotherPortrait(index), 'portrait.jpg', name) : uploaded(api, await readFile(path), basename(path), name)));
    }
    for (const [index, id] of ids.entries()) {
      bench.say(`${index} of ${AVATARS} avatars are prepared`);
      await ready(api, id, PREPARE_TIMEOUT_MS);
    }
    const different = new Set(bench.files).size || AVATARS;
    const result = await runLoad(bench, { avatarIds: ids, durationMs: MEASURE_MS, speaking: true });
    const worker = workerMib(result);
    return [
      {
        id: 'memory-avatars',
        what: `memory of a worker with ${AVATARS} speaking sessions of ${Math.min(different, AVATARS)} avatars`,
        target: '< 2 GiB',
        measured: `${worker.toFixed(0)} MiB`,
        reached: worker < TARGET_MIB,
        details: { rss_mib: result.rssMib, late: result.late, missing: result.missing, frames: result.frames },
      },
    ];
  },
};

/** A painting in another size each time: another bundle, and as large as any. */
async function anotherPortrait(index: number): Promise<Buffer> {
  const picture = sharp(painting(paintings[index % paintings.length]!));
  const { width } = await picture.metadata();
  return picture.resize({ width: width - 4 * Math.floor(index / paintings.length) }).jpeg({ quality: 92 }).toBuffer();
}
