// Three kinds of tests, told apart by their file names (see CONTRIBUTING.md): `npx vitest run --project unit`.
import { defineConfig } from 'vitest/config';

const integration = ['**/*.int.spec.ts', '**/*.http.spec.ts'];
const never = ['**/node_modules/**', '**/dist/**', '**/.visavis/**', '**/generated/**'];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{apps,libs,prisma,tools,infra}/**/*.spec.{ts,tsx,mts}'],
          exclude: [...never, ...integration],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: integration,
          exclude: [...never, 'e2e/**'],
          // They share one PostgreSQL, Redis and object storage, and two cores.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.spec.ts'],
          exclude: never,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
