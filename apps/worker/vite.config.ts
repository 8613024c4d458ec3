import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    ssr: true,
    outDir: 'dist',
    target: 'node24',
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      // The child that prepares avatars and the threads that run sessions are programs of their own.
      input: { main: 'src/main.ts', 'prepare-child': 'src/avatars/prepare-child.ts', 'pipeline-thread': 'src/pipeline/pool/pipeline-thread.ts' },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
  // Our own libraries are TypeScript and go into the bundle; packages stay in node_modules.
  ssr: { noExternal: [/^@visavis\//] },
});
