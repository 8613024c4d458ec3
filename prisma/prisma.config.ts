import { defineConfig } from 'prisma/config';

// For Prisma's own command line, run in this folder: `npx prisma migrate deploy`, `npx prisma migrate dev`.
// The set-up uses migrate.ts, which needs no downloaded engine and reads the same migrations.
export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  datasource: { url: process.env.DATABASE_OWNER_URL ?? '' },
});
