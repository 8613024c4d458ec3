import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** The lip sync network and the words it was trained with lie beside the programs, in `viseme-net`. */
function visemeNetFiles(): Plugin {
  const assets = new URL('../../libs/viseme-net/assets/', import.meta.url);
  return {
    name: 'viseme-net-files',
    generateBundle() {
      for (const file of ['viseme-net.onnx', 'phonemes.json']) this.emitFile({ type: 'asset', fileName: `viseme-net/${file}`, source: readFileSync(new URL(file, assets)) });
    },
  };
}

export default defineConfig({
  build: {
    ssr: true,
    outDir: 'dist',
    target: 'node24',
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      // The child that prepares avatars and the threads that run sessions and the lip sync network are programs of their own.
      input: {
        main: 'src/main.ts',
        'prepare-child': 'src/avatars/prepare-child.ts',
        'pipeline-thread': 'src/pipeline/pool/pipeline-thread.ts',
        'inference-thread': '../../libs/viseme-net/src/inference/inference-thread.ts',
      },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
  plugins: [visemeNetFiles()],
  // Our own libraries are TypeScript and go into the bundle; packages stay in node_modules.
  ssr: { noExternal: [/^@visavis\//] },
});
