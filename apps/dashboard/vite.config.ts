import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const apiOrigin = process.env.PUBLIC_URL ?? 'http://127.0.0.1:3000';

// The API accepts a cookie only with its own origin, so the development proxy speaks in that name.
const toApi = { target: apiOrigin, changeOrigin: true, headers: { origin: apiOrigin } };

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    target: 'es2022',
    // The content security policy allows no data: fonts or scripts, so every asset stays a file.
    assetsInlineLimit: 0,
    // One page, one chunk: about 200 kB compressed, most of it React, the router and zod.
    chunkSizeWarningLimit: 800,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/auth': toApi, '/v1': toApi, '/openapi.json': toApi, '/docs': toApi },
  },
});
