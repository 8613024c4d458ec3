/* Draws the stock avatars: node tools/stock-avatars/generate.ts [--quick] [--to FOLDER] [SLUG...] */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { drawPerson, PICTURE_SIDE } from './draw-person.ts';
import { people } from './people/index.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean', default: false }, to: { type: 'string' } } });
const folder = values.to ?? fileURLToPath(new URL('../../libs/engine-builtin/assets/stock/', import.meta.url));
await mkdir(folder, { recursive: true });
const unknown = positionals.filter((slug) => !people.some((person) => person.slug === slug));
if (unknown.length > 0) throw new Error(`Nobody is called ${unknown.join(', ')}. There are: ${people.map(({ slug }) => slug).join(', ')}.`);
for (const person of people) {
  if (positionals.length > 0 && !positionals.includes(person.slug)) continue;
  const started = performance.now();
  const rgb = await drawPerson(person, values.quick ? 1.25 : 2);
  const path = join(folder, `${person.slug}.jpg`);
  const { size } = await sharp(rgb, { raw: { width: PICTURE_SIDE, height: PICTURE_SIDE, channels: 3 } }).jpeg({ quality: 91, chromaSubsampling: '4:4:4', mozjpeg: true }).toFile(path);
  console.log(`${path}: ${Math.round(size / 1024)} KiB in ${Math.round((performance.now() - started) / 100) / 10} s`);
}
