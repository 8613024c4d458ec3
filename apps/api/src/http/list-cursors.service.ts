import { Injectable } from '@nestjs/common';
import { isUuid } from '@visavis/ids';
import { ProblemError } from '@visavis/problems';

/**
 * Where a page of a list ended, in a form that callers don't take apart. Lists run from the newest to the oldest and
 * ids rise with time, so the last id of a page says it all. A cursor gives no access to anything: the rows behind it
 * are looked up as the caller's own.
 */
@Injectable()
export class ListCursors {
  /** @returns the id after which the page begins, or null for the first page */
  read(cursor: string | undefined, list: string): string | null {
    if (cursor === undefined) return null;
    const [kind, id] = Buffer.from(cursor, 'base64url').toString('latin1').split(':', 2);
    if (kind === list && id !== undefined && isUuid(id)) return id;
    throw new ProblemError('invalid_request', 'The cursor is not one of this list; use next_cursor as it came.', { errors: [{ path: 'cursor', message: 'is not a cursor of this list' }] });
  }

  /** @param lastId of the page, or null when nothing follows */
  write(lastId: string | null, list: string): string | null {
    return lastId === null ? null : Buffer.from(`${list}:${lastId}`, 'latin1').toString('base64url');
  }
}

/** A page out of rows that were read with one more than `limit`, which tells whether more follow. */
export function pageOf<Row extends { readonly id: string }>(rows: readonly Row[], limit: number): { rows: Row[]; nextAfter: string | null } {
  const page = rows.slice(0, limit);
  return { rows: page, nextAfter: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}
