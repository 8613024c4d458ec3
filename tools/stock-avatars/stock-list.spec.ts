import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { listVoices } from '@visavis/speech';
import { people } from './people/index.ts';
import { readStock, STOCK_FOLDER } from './stock-list.ts';

const MAX_TOTAL_BYTES = 15_000_000;
const MAX_PREVIEW_BYTES = 256_000;

const stock = readStock();
const credits = readFileSync(join(STOCK_FOLDER, 'CREDITS.md'), 'utf8');
const listed = stock.flatMap(({ file, preview }) => [file, ...(preview === undefined ? [] : [preview])]);

describe('the avatars that ship', () => {
  it.each(stock)('$slug has a picture of 1024 pixels at most, a credit and a voice', async ({ file, credit, voice, slug, name }) => {
    const { width, height, format } = await sharp(join(STOCK_FOLDER, file)).metadata();
    expect(format).toBe('jpeg');
    expect(Math.max(width, height)).toBeLessThanOrEqual(1024);
    expect(credit.length).toBeGreaterThan(10);
    expect(credits).toContain(`\`${file}\``);
    expect(listVoices().map(({ id }) => id)).toContain(voice);
    expect(slug).toMatch(/^[a-z][a-z-]*[a-z]$/);
    expect(name).not.toBe('');
  });

  it.each(stock.filter(({ preview }) => preview !== undefined))('$slug has a small clip', ({ preview }) => {
    const clip = readFileSync(join(STOCK_FOLDER, preview!));
    expect(clip.toString('latin1', 4, 8)).toBe('ftyp');
    expect(clip.byteLength).toBeLessThanOrEqual(MAX_PREVIEW_BYTES);
  });

  it('are at least six illustrations, all that are drawn, and paintings', () => {
    const drawn = stock.filter(({ kind }) => kind === 'illustration').map(({ slug }) => slug);
    expect(drawn.length).toBeGreaterThanOrEqual(6);
    expect(drawn.toSorted()).toEqual(people.map(({ slug }) => slug).toSorted());
    expect(stock.filter(({ kind }) => kind === 'painting').length).toBeGreaterThanOrEqual(3);
    expect(new Set(stock.map(({ slug }) => slug)).size).toBe(stock.length);
  });

  it('are all that lies in their folder, and small', () => {
    const there = readdirSync(STOCK_FOLDER);
    expect(there.toSorted()).toEqual([...listed, 'CREDITS.md', 'stock.json'].toSorted());
    const bytes = there.reduce((sum, file) => sum + statSync(join(STOCK_FOLDER, file)).size, 0);
    expect(bytes).toBeLessThan(MAX_TOTAL_BYTES);
  });
});
