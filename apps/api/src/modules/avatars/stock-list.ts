import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { voiceSlug } from '@visavis/contracts';
import { z } from 'zod';

/** A file beside the list, and nothing else. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'must be the name of a file in the same folder');
const entry = z.object({
  slug: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
  name: z.string().trim().min(1).max(100),
  file: fileName,
  credit: z.string().max(500).nullish(),
  voice: voiceSlug.nullish(),
  /** A short clip of it moving. */
  preview: fileName.nullish(),
});
export type StockEntry = z.infer<typeof entry>;

const list = z.array(entry).refine((entries) => new Set(entries.map(({ slug }) => slug)).size === entries.length, 'names a slug twice');

/** Reads `stock.json` of a folder: the avatars that ship, the first to be prepared first. @throws Error when it is damaged */
export async function readStockList(folder: string): Promise<StockEntry[]> {
  return list.parse(JSON.parse(await readFile(join(folder, 'stock.json'), 'utf8')));
}
