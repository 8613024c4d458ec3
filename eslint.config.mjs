// Rules that keep the parts apart, and a few that catch mistakes. Run it through Nx (`npx nx lint @visavis/api`): the boundary rule needs Nx's project graph.
// tools/lint-bites.spec.ts plants a violation of every boundary and expects it to be reported.
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** One library per technology at the edge: who may import what. Apps go through the library. */
const edges = [
  { name: 'database', only: ['libs/db', 'prisma'], regex: '^(pg|prisma|@prisma)(/|$)|generated/prisma', why: 'Only libs/db and prisma talk to PostgreSQL.' },
  { name: 'media', only: ['libs/media'], regex: '^(mediasoup|mediasoup-client|sdp-transform)(/|$)', why: 'Only libs/media knows mediasoup and SDP.' },
  { name: 'queue', only: ['libs/queue'], regex: '^(bullmq|ioredis)(/|$)', why: 'Only libs/queue talks to Redis and BullMQ.' },
  { name: 'codec', only: ['libs/codec'], regex: '^node-av(/|$)', why: 'Only libs/codec knows FFmpeg.' },
  { name: 'storage', only: ['libs/storage'], regex: '^@aws-sdk/', why: 'Only libs/storage talks to the object storage.' },
  { name: 'inference', only: ['libs/viseme-net'], regex: '^onnxruntime', why: 'Only libs/viseme-net runs networks: onnxruntime-node has crashed in several threads of a process.' },
];

// Nest's wiring of queues and processors needs BullMQ's own types; connections still come from libs/queue.
const queueInApps = { name: 'queue', regex: '^ioredis(/|$)', why: 'Connections to Redis are made in libs/queue.' };

const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read in libs/config and nowhere else.',
};

const userAddresses = {
  selector: "CallExpression[callee.name='fetch']",
  message: 'Addresses can come from users: fetch through libs/safe-fetch, or say in a comment why this one cannot.',
};

const tests = ['**/*.spec.ts', '**/*.spec.tsx', '**/test/**', '**/testing/**', 'e2e/**'];

function restrictedImports(chosen) {
  return ['error', { patterns: chosen.map(({ regex, why }) => ({ regex, message: why })) }];
}

export default [
  // AssemblyScript: TypeScript's syntax, decorators on functions included, but another language.
  { ignores: ['**/dist/**', '**/node_modules/**', '**/generated/**', '.visavis/**', '.nx/**', '**/*.d.ts', 'libs/engine-builtin/assembly/*.ts'] },
  ...tseslint.configs.recommended.map((config) => ({ ...config, files: ['**/*.{ts,tsx,mts}'] })),
  {
    files: ['**/*.{ts,tsx,mts,mjs}'],
    rules: {
      'eqeqeq': ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': ['error', { destructuring: 'all', ignoreReadBeforeAssign: true }],
      'no-console': 'error',
      'no-debugger': 'error',
      'no-self-compare': 'error',
      'no-unreachable-loop': 'error',
      'no-template-curly-in-string': 'error',
      'no-promise-executor-return': 'off',
    },
  },
  {
    files: ['**/*.{ts,tsx,mts}'],
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-object-type': 'off',
      'no-restricted-imports': restrictedImports(edges),
      'no-restricted-syntax': ['error', environment],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          enforceBuildableLibDependency: false,
          depConstraints: [
            { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib'] },
            { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib', 'type:data'] },
            { sourceTag: 'layer:rules', onlyDependOnLibsWithTags: ['layer:rules'] },
            { sourceTag: 'app:worker', notDependOnLibsWithTags: ['reaches:database', 'reaches:mediasoup'] },
            { sourceTag: 'app:dashboard', onlyDependOnLibsWithTags: ['runs:browser'] },
            { sourceTag: 'type:data', onlyDependOnLibsWithTags: ['type:lib', 'type:data'] },
            { sourceTag: 'type:test', onlyDependOnLibsWithTags: ['type:lib', 'type:data', 'type:tool'] },
            { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['type:lib', 'type:data'] },
          ],
        },
      ],
    },
  },
  // The library at each edge may import its technology, and still none of the others.
  ...edges.map(({ name, only }) => ({
    files: only.map((folder) => `${folder}/**/*.{ts,tsx,mts}`),
    rules: { 'no-restricted-imports': restrictedImports(edges.filter((edge) => edge.name !== name)) },
  })),
  {
    files: ['apps/{api,worker}/**/*.ts'],
    rules: { 'no-restricted-imports': restrictedImports(edges.map((edge) => (edge.name === 'queue' ? queueInApps : edge))) },
  },
  // Addresses from outside end at the API; what a worker fetches, the API has told it.
  { files: ['apps/api/**/*.ts'], rules: { 'no-restricted-syntax': ['error', environment, userAddresses] } },
  // Main hands the environment to the configuration; nobody after it reads it.
  { files: ['libs/config/**/*.ts', 'apps/*/src/main.ts', 'apps/*/vite.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  // Tests set up and look behind the scenes: services by their addresses, the environment that names them.
  { files: tests, rules: { 'no-restricted-syntax': 'off', 'no-restricted-imports': 'off', 'no-console': 'off' } },
  // Programs for the terminal, not the product.
  { files: ['tools/**', 'infra/**', 'prisma/*.ts', 'e2e/**', '**/bench/**'], rules: { 'no-console': 'off', 'no-restricted-syntax': 'off' } },
];
