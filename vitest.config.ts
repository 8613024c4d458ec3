// Three kinds of tests, told apart by their file names (see CONTRIBUTING.md): `npx vitest run --project unit`.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const integration = ['**/*.int.spec.ts', '**/*.http.spec.ts'];
const never = ['**/node_modules/**', '**/dist/**', '**/.visavis/**', '**/generated/**'];

/** One file of the end-to-end tests kills the workers of the product that all share. */
class DestroyersLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isDestroyer = ({ moduleId }: TestSpecification) => moduleId.endsWith('worker-loss.e2e.spec.ts');
    const sorted = await super.sort(files);
    return [...sorted.filter((file) => !isDestroyer(file)), ...sorted.filter(isDestroyer)];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: DestroyersLast },
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
