import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    ssr: 'src/main.ts',
    outDir: 'dist',
    target: 'node24',
    sourcemap: true,
    minify: false,
    rolldownOptions: { output: { format: 'es', entryFileNames: 'main.js', chunkFileNames: '[name].js' } },
  },
  // Our own libraries are TypeScript and go into the bundle; packages stay in node_modules.
  ssr: { noExternal: [/^@visavis\//] },
});
