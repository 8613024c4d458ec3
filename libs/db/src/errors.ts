import pg from 'pg';
import { Prisma } from './generated/client.ts';

/** Whether a write was refused because a row with that unique value exists, in Prisma's or in plain SQL's words. */
export function isUniqueViolation(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code === '23505';
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

/** Whether Prisma's update or delete found no row, which under row-level security also means: not yours. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2025';
}
