// Compiles the pixel loops: `node libs/engine-builtin/assembly/build.mjs`. A test compiles them, too, and compares, so the file in assets/ is never stale.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const folder = new URL('./', import.meta.url);
const target = new URL('../assets/kernels.wasm', import.meta.url);

/** @returns {Promise<Uint8Array>} */
export async function compileKernels() {
  const sources = new Map(readdirSync(folder).filter((name) => name.endsWith('.ts')).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));
  let binary;
  const problems = asc.createMemoryStream();
  const options = ['-O3', '--converge', '--runtime', 'stub', '--noAssert', '--enable', 'simd,threads', '--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
  const { error } = await asc.main(['index.ts', '--outFile', 'kernels.wasm', ...options], {
    stderr: problems,
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm') binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`the pixel loops don't compile: ${problems.toString()}`, { cause: error });
  return binary;
}

if (process.argv[1] && import.meta.url === new URL(`file://${process.argv[1]}`).href) {
  const binary = await compileKernels();
  writeFileSync(target, binary);
  process.stdout.write(`${binary.byteLength} bytes\n`);
}
