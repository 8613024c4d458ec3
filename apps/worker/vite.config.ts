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

/** The built-in engine's pixel loops lie beside the programs, the network that finds a person in `segmentation`. */
function engineFiles(): Plugin {
  const assets = new URL('../../libs/engine-builtin/assets/', import.meta.url);
  return {
    name: 'engine-files',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'kernels.wasm', source: readFileSync(new URL('kernels.wasm', assets)) });
      for (const file of ['selfie-segmentation.json', 'selfie-segmentation.bin']) this.emitFile({ type: 'asset', fileName: `segmentation/${file}`, source: readFileSync(new URL(`segmentation/${file}`, assets)) });
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
      // What prepares avatars, each in a process, and the threads that run sessions, load avatars and run the lip sync network are programs of their own.
      input: {
        main: 'src/main.ts',
        'prepare-launcher': 'src/avatars/prepare-launcher.ts',
        'prepare-child': 'src/avatars/prepare-child.ts',
        'pipeline-thread': 'src/pipeline/pool/pipeline-thread.ts',
        'avatar-thread': 'src/pipeline/pool/avatar-thread.ts',
        'inference-thread': '../../libs/viseme-net/src/inference/inference-thread.ts',
      },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
  plugins: [visemeNetFiles(), engineFiles()],
  // Our own libraries are TypeScript and go into the bundle; packages stay in node_modules.
  ssr: { noExternal: [/^@visavis\//] },
});
