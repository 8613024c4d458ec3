/* The list of the avatars that ship: libs/engine-builtin/assets/stock/stock.json. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const STOCK_FOLDER = fileURLToPath(new URL('../../libs/engine-builtin/assets/stock/', import.meta.url));

export interface StockEntry {
  slug: string;
  name: string;
  kind: 'illustration' | 'painting';
  /** Names of files beside the list. */
  file: string;
  preview?: string;
  credit: string;
  /** One of the built-in voices. */
  voice: string;
}

export function readStock(): StockEntry[] {
  return JSON.parse(readFileSync(`${STOCK_FOLDER}stock.json`, 'utf8')) as StockEntry[];
}
