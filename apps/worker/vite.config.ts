import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    ssr: true,
    outDir: 'dist',
    target: 'node24',
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      // The child that prepares avatars is a program of its own.
      input: { main: 'src/main.ts', 'prepare-child': 'src/avatars/prepare-child.ts' },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
  // Our own libraries are TypeScript and go into the bundle; packages stay in node_modules.
  ssr: { noExternal: [/^@visavis\//] },
});
