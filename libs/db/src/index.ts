export { createDatabase } from './database.ts';
export type { Database, DatabaseOptions, TenantTransaction } from './database.ts';
export { isNotFound, isUniqueViolation } from './errors.ts';
export { Prisma, PrismaClient } from './generated/client.ts';
export type * from './generated/client.ts';
export type { Sql, SqlClient, SqlRow } from './sql.ts';
