import type { Database } from '@visavis/db';

/** Media of one session that arrived in one stretch of time at one epoch; the number makes it count once. */
export type UsageSlice = {
  /** Bare UUID. */
  sessionId: string;
  epoch: number;
  /** Counts up within the epoch. */
  slice: number;
  mediaMs: number;
};

/** A session's bill after slices were counted. */
export type SessionBill = {
  sessionId: string;
  /** What of this batch was counted; 0 if it had been before, came from an old epoch or after the settlement. */
  acceptedMs: bigint;
  billedMs: bigint;
  billedMicroCredits: bigint;
  heldMicroCredits: bigint;
};

export type Balance = { available: bigint; held: bigint };
export type Settlement = { chargedMicroCredits: bigint; releasedMicroCredits: bigint };
export type GrantOptions = { idempotencyKey: string; memo?: string };
export type OpenHold = { sessionId: string; tenantId: string; heldMicroCredits: bigint; createdAt: Date };
export type LedgerViolation = { violation: string; subject: string; detail: string };

/** Credit as the database keeps it. Every movement is one atomic call that may be repeated. Amounts are micro-credits, ids bare UUIDs. */
export type Ledger = {
  /**
   * Adds credit once per key. True if this call did it.
   *
   * @throws if the amount is not positive, or the key was used for another one.
   */
  grant(tenantId: string, microCredits: bigint, options: GrantOptions): Promise<boolean>;
  /** Sets aside the smaller of what is wanted and what there is, and answers what is held: 0 where there is no credit, and nothing is written then. */
  placeHold(tenantId: string, sessionId: string, wantedMicroCredits: bigint): Promise<bigint>;
  /** Raises a hold towards a total, as far as the credit goes; what is held now. 0 for a session that holds nothing or is settled. */
  extendHold(sessionId: string, totalMicroCredits: bigint): Promise<bigint>;
  /**
   * Charges what was used, at most what is held, and releases the rest. Without an amount, what was metered. The first call counts, later ones answer the
   * same. Never call it inside a transaction that has written the session's row: it waits for that row.
   */
  settle(sessionId: string, usedMicroCredits?: bigint): Promise<Settlement>;
  /** Counts slices of any number of sessions, in one call. Sessions that don't exist are missing from the answer. */
  recordSlices(slices: readonly UsageSlice[]): Promise<SessionBill[]>;
  balance(tenantId: string): Promise<Balance>;
  /** Holds whose session has ended, or never came to be, at least so long ago: for a sweep to settle. */
  orphanedHolds(olderThanMs: number): Promise<OpenHold[]>;
  /** What is wrong with the books; empty when all is well. */
  ledgerInvariants(): Promise<LedgerViolation[]>;
};

/** @param db its visavis_meter role moves the credit, except grants, which visavis_system makes */
export function createLedger(db: Pick<Database, 'meterSql' | 'systemSql' | 'tenantSql'>): Ledger {
  return {
    async grant(tenantId, microCredits, { idempotencyKey, memo = '' }) {
      const [row] = await db.systemSql<{ granted: boolean }>('SELECT ledger_grant($1, $2, $3, $4) AS granted', [tenantId, microCredits, idempotencyKey, memo]);
      return row!.granted;
    },

    async placeHold(tenantId, sessionId, wantedMicroCredits) {
      const [row] = await db.meterSql<{ held: bigint }>('SELECT ledger_place_hold($1, $2, $3) AS held', [tenantId, sessionId, wantedMicroCredits]);
      return row!.held;
    },

    async extendHold(sessionId, totalMicroCredits) {
      const [row] = await db.meterSql<{ held: bigint }>('SELECT ledger_extend_hold($1, $2) AS held', [sessionId, totalMicroCredits]);
      return row!.held;
    },

    async settle(sessionId, usedMicroCredits) {
      const [row] = await db.meterSql<{ charged_micro_credits: bigint; released_micro_credits: bigint }>('SELECT * FROM ledger_settle($1, $2)', [
        sessionId,
        usedMicroCredits ?? null,
      ]);
      return { chargedMicroCredits: row!.charged_micro_credits, releasedMicroCredits: row!.released_micro_credits };
    },

    async recordSlices(slices) {
      if (slices.length === 0) return [];
      const rows = await db.meterSql<SessionBillRow>('SELECT * FROM record_usage_slices($1, $2, $3, $4)', [
        slices.map(({ sessionId }) => sessionId),
        slices.map(({ epoch }) => epoch),
        slices.map(({ slice }) => slice),
        slices.map(({ mediaMs }) => mediaMs),
      ]);
      return rows.map((row) => ({
        sessionId: row.session_id,
        acceptedMs: row.accepted_ms,
        billedMs: row.billed_ms,
        billedMicroCredits: row.billed_micro_credits,
        heldMicroCredits: row.held_micro_credits,
      }));
    },

    async balance(tenantId) {
      const rows = await db.tenantSql<{ kind: keyof Balance; balance: bigint }>(
        tenantId,
        `SELECT kind, balance FROM ledger_accounts WHERE tenant_id = $1 AND kind IN ('available', 'held')`,
        [tenantId],
      );
      const balance: Balance = { available: 0n, held: 0n };
      for (const row of rows) balance[row.kind] = row.balance;
      return balance;
    },

    async orphanedHolds(olderThanMs) {
      const rows = await db.systemSql<{ session_id: string; tenant_id: string; held_micro_credits: bigint; created_at: Date }>(
        `SELECT h.session_id, h.tenant_id, h.held_micro_credits, h.created_at
         FROM credit_holds h LEFT JOIN sessions s ON s.id = h.session_id
         WHERE h.settled_at IS NULL AND (s.id IS NULL OR s.state = 'ended')
           AND coalesce(s.ended_at, h.created_at) < now() - $1 * interval '1 millisecond'
         ORDER BY h.created_at LIMIT 1000`,
        [olderThanMs],
      );
      return rows.map((row) => ({
        sessionId: row.session_id,
        tenantId: row.tenant_id,
        heldMicroCredits: row.held_micro_credits,
        createdAt: row.created_at,
      }));
    },

    ledgerInvariants: () => db.meterSql<LedgerViolation>('SELECT violation, subject, detail FROM ledger_violations()'),
  };
}

type SessionBillRow = {
  session_id: string;
  accepted_ms: bigint;
  billed_ms: bigint;
  billed_micro_credits: bigint;
  held_micro_credits: bigint;
};
