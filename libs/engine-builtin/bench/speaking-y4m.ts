/*
 * A speaking avatar as raw video on standard output: node libs/engine-builtin/bench/speaking-y4m.ts UPLOAD SECONDS [WIDTH HEIGHT] [--silent] > OUT.y4m
 * For encoders, players and anything else that is to be tried with real frames. UPLOAD is whatever the engine prepares.
 */
import { readFileSync, writeSync } from 'node:fs';
import { createBuiltinEngine } from '../src/index.ts';
import { FPS, play, silence, spoken } from './spoken.ts';

const TEXT = 'Hello, and welcome. I am glad that you are here today. Everything that you hear and see is made on this very machine, as you watch. '
  + 'Take a moment, look around, and ask me whatever you want to know about it. ';

const [path, seconds, width = '512', height = '512'] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (!path || !(Number(seconds) > 0)) throw new Error('usage: speaking-y4m.ts UPLOAD SECONDS [WIDTH HEIGHT] [--silent] > OUT.y4m');
const speech = process.argv.includes('--silent') ? silence(1) : await spoken(TEXT);
const engine = createBuiltinEngine();
const avatar = await engine.load((await engine.prepare(readFileSync(path))).bundle, { width: Number(width), height: Number(height) });
write(Buffer.from(`YUV4MPEG2 W${width} H${height} F${FPS}:1 Ip A1:1 C420\n`));
for (const { picture } of play(avatar, speech, { frames: Math.round(Number(seconds) * FPS), width: Number(width), height: Number(height) })) {
  write(Buffer.from('FRAME\n'));
  write(picture.data);
}
avatar.close();
process.exit(0);

/** All of it, also into a pipe that takes less at once. */
function write(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
