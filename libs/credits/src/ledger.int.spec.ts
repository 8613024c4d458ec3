// Real PostgreSQL with the migrations' functions and roles; nothing is replaced.
import { newUuid } from '@visavis/ids';
import { createTestDatabase, type TestDatabase } from '@visavis/db/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLedger, type Ledger } from './index.ts';

const MINUTE = 1_000_000n; // the default price
let test: TestDatabase;
let ledger: Ledger;
let tenant: { tenantId: string; avatarId: string };

beforeAll(async () => {
  test = await createTestDatabase({ poolMax: 12 });
  ledger = createLedger(test.db);
});
afterAll(() => test?.drop());
beforeEach(async () => {
  tenant = await test.createTenant();
});
afterEach(async () => {
  expect(await ledger.ledgerInvariants()).toEqual([]);
});

const grant = (amount: bigint, idempotencyKey = newUuid()) => ledger.grant(tenant.tenantId, amount, { idempotencyKey });
const balance = () => ledger.balance(tenant.tenantId);

async function heldSession(amount = MINUTE): Promise<string> {
  const sessionId = await test.createSession(tenant);
  await ledger.placeHold(tenant.tenantId, sessionId, amount);
  return sessionId;
}

describe('grants', () => {
  it('count once per key', async () => {
    expect(await balance()).toEqual({ available: 0n, held: 0n });
    expect(await grant(5n, 'invoice 1')).toBe(true);
    expect(await grant(5n, 'invoice 1')).toBe(false);
    expect(await grant(7n, 'invoice 2')).toBe(true);
    expect(await balance()).toEqual({ available: 12n, held: 0n });
  });

  it('count once when they race', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => grant(MINUTE, 'the same')));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect((await balance()).available).toBe(MINUTE);
  });

  it('refuse a key that stood for another amount, and amounts that give nothing', async () => {
    await grant(5n, 'invoice');
    await expect(grant(6n, 'invoice')).rejects.toThrow('another amount');
    await expect(grant(0n)).rejects.toThrow('positive');
    await expect(grant(-5n)).rejects.toThrow('positive');
  });

  it('share keys with no other tenant', async () => {
    const other = await test.createTenant();
    await grant(5n, 'invoice');
    expect(await ledger.grant(other.tenantId, 9n, { idempotencyKey: 'invoice' })).toBe(true);
  });
});

describe('holds', () => {
  it('set aside what is wanted, or what there is', async () => {
    await grant(1_500_000n);
    expect(await ledger.placeHold(tenant.tenantId, await test.createSession(tenant), MINUTE)).toBe(MINUTE);
    expect(await ledger.placeHold(tenant.tenantId, await test.createSession(tenant), MINUTE)).toBe(500_000n);
    expect(await balance()).toEqual({ available: 0n, held: 1_500_000n });
  });

  it('are nothing without credit, and leave nothing behind', async () => {
    const sessionId = await test.createSession(tenant);
    expect(await ledger.placeHold(tenant.tenantId, sessionId, MINUTE)).toBe(0n);
    expect(await test.ownerSql('SELECT FROM credit_holds WHERE session_id = $1', [sessionId])).toEqual([]);
    expect(await ledger.settle(sessionId)).toEqual({ chargedMicroCredits: 0n, releasedMicroCredits: 0n });
  });

  it('answer the same when repeated, and belong to their tenant', async () => {
    await grant(10n * MINUTE);
    const sessionId = await heldSession();
    expect(await ledger.placeHold(tenant.tenantId, sessionId, 3n * MINUTE)).toBe(MINUTE);
    expect(await balance()).toEqual({ available: 9n * MINUTE, held: MINUTE });
    const other = await test.createTenant();
    await expect(ledger.placeHold(other.tenantId, sessionId, MINUTE)).rejects.toThrow('another tenant');
  });

  it('never overdraw, however many are placed at once', async () => {
    await grant(20n * MINUTE + 7n);
    const sessions = await Promise.all(Array.from({ length: 50 }, () => test.createSession(tenant)));
    const held = await Promise.all(sessions.map((sessionId) => ledger.placeHold(tenant.tenantId, sessionId, MINUTE)));
    expect(held.filter((amount) => amount === MINUTE)).toHaveLength(20);
    expect(held.filter((amount) => amount === 7n)).toHaveLength(1);
    expect(held.filter((amount) => amount === 0n)).toHaveLength(29);
    expect(await balance()).toEqual({ available: 0n, held: 20n * MINUTE + 7n });
  });

  it('of one session count once when they race', async () => {
    await grant(10n * MINUTE);
    const sessionId = await test.createSession(tenant);
    const held = await Promise.all(Array.from({ length: 10 }, () => ledger.placeHold(tenant.tenantId, sessionId, MINUTE)));
    expect(new Set(held)).toEqual(new Set([MINUTE]));
    expect((await balance()).held).toBe(MINUTE);
  });

  it('are raised towards a total, as far as the credit goes', async () => {
    await grant(2_500_000n);
    const sessionId = await heldSession();
    expect(await ledger.extendHold(sessionId, 2n * MINUTE)).toBe(2n * MINUTE);
    expect(await ledger.extendHold(sessionId, 2n * MINUTE)).toBe(2n * MINUTE);
    expect(await ledger.extendHold(sessionId, MINUTE)).toBe(2n * MINUTE);
    expect(await ledger.extendHold(sessionId, 9n * MINUTE)).toBe(2_500_000n);
    expect(await balance()).toEqual({ available: 0n, held: 2_500_000n });
    expect(await ledger.extendHold(newUuid(), MINUTE)).toBe(0n);
  });

  it('raised from several places at once reach the total once', async () => {
    await grant(10n * MINUTE);
    const sessionId = await heldSession();
    await Promise.all(Array.from({ length: 10 }, () => ledger.extendHold(sessionId, 3n * MINUTE)));
    expect((await balance()).held).toBe(3n * MINUTE);
  });
});

describe('settling', () => {
  it('charges what was used, releases the rest, and does so once', async () => {
    await grant(10n * MINUTE);
    const sessionId = await heldSession();
    const settlements = await Promise.all(Array.from({ length: 10 }, () => ledger.settle(sessionId, 250_000n)));
    for (const settlement of settlements) expect(settlement).toEqual({ chargedMicroCredits: 250_000n, releasedMicroCredits: 750_000n });
    expect(await ledger.settle(sessionId, 999_999n)).toEqual(settlements[0]);
    expect(await balance()).toEqual({ available: 9_750_000n, held: 0n });
    expect(await ledger.extendHold(sessionId, 5n * MINUTE)).toBe(0n);
    expect(await ledger.placeHold(tenant.tenantId, sessionId, MINUTE)).toBe(0n);
  });

  it.each([
    [-5n, 0n],
    [0n, 0n],
    [MINUTE, MINUTE],
    [5n * MINUTE, MINUTE],
  ])('of %d charges %d of a minute held', async (used, charged) => {
    await grant(10n * MINUTE);
    const sessionId = await heldSession();
    expect(await ledger.settle(sessionId, used)).toEqual({ chargedMicroCredits: charged, releasedMicroCredits: MINUTE - charged });
    expect(await balance()).toEqual({ available: 10n * MINUTE - charged, held: 0n });
  });

  it('charges what was metered when it is told no amount', async () => {
    await grant(MINUTE);
    const sessionId = await heldSession();
    await ledger.recordSlices([{ sessionId, epoch: 1, slice: 0, mediaMs: 30_000 }]);
    expect(await ledger.settle(sessionId)).toEqual({ chargedMicroCredits: 500_000n, releasedMicroCredits: 500_000n });
  });

  it('works for a session that never came to be', async () => {
    await grant(MINUTE);
    const sessionId = newUuid();
    await ledger.placeHold(tenant.tenantId, sessionId, MINUTE);
    expect(await ledger.settle(sessionId)).toEqual({ chargedMicroCredits: 0n, releasedMicroCredits: MINUTE });
  });

  it('is due for holds whose session ended or never came to be, and for no others', async () => {
    await grant(10n * MINUTE);
    const [live, ended, never] = [await heldSession(), await heldSession(), newUuid()];
    await ledger.placeHold(tenant.tenantId, never, MINUTE);
    await test.ownerSql(`UPDATE sessions SET state = 'ended', ended_at = now(), end_reason = 'client' WHERE id = $1`, [ended]);
    const mine = async (ms: number) => (await ledger.orphanedHolds(ms)).map(({ sessionId }) => sessionId).filter((id) => [live, ended, never].includes(id));
    expect(await mine(3_600_000)).toEqual([]);
    expect((await mine(0)).sort()).toEqual([ended, never].sort());
    for (const sessionId of await mine(0)) await ledger.settle(sessionId);
    expect(await mine(0)).toEqual([]);
    expect(await balance()).toEqual({ available: 9n * MINUTE, held: MINUTE });
  });
});

describe('metering', () => {
  it('counts every slice once and rounds down over the whole session', async () => {
    await grant(10n * MINUTE);
    const sessionId = await heldSession();
    const slices = Array.from({ length: 30 }, (_, slice) => ({ sessionId, epoch: 1, slice, mediaMs: 20 }));
    await Promise.all([ledger.recordSlices(slices), ledger.recordSlices(slices), ledger.recordSlices([...slices].reverse())]);
    const [bill] = await ledger.recordSlices(slices);
    // 30 × 333 would be 9,990
    expect(bill).toEqual({ sessionId, acceptedMs: 0n, billedMs: 600n, billedMicroCredits: 10_000n, heldMicroCredits: MINUTE });
  });

  it('takes many sessions in one call and leaves out what is not there', async () => {
    await grant(10n * MINUTE);
    const [one, two] = [await heldSession(), await heldSession()];
    const bills = await ledger.recordSlices([one, two, newUuid()].map((sessionId, at) => ({ sessionId, epoch: 1, slice: 0, mediaMs: 6000 * (at + 1) })));
    expect(new Map(bills.map((bill) => [bill.sessionId, bill.billedMicroCredits]))).toEqual(new Map([[one, 100_000n], [two, 200_000n]]));
    expect(await ledger.recordSlices([])).toEqual([]);
  });

  it('never bills beyond the hold, and catches up when the hold is raised', async () => {
    await grant(MINUTE + 500_000n);
    const sessionId = await heldSession();
    const [first] = await ledger.recordSlices([{ sessionId, epoch: 1, slice: 0, mediaMs: 80_000 }]);
    expect(first).toMatchObject({ billedMs: 80_000n, billedMicroCredits: MINUTE });
    await ledger.extendHold(sessionId, 2n * MINUTE);
    const [second] = await ledger.recordSlices([{ sessionId, epoch: 1, slice: 1, mediaMs: 20 }]);
    expect(second).toMatchObject({ billedMs: 80_020n, billedMicroCredits: 1_333_666n, heldMicroCredits: 1_500_000n });
  });

  it('refuses an old epoch', async () => {
    await grant(MINUTE);
    const sessionId = await heldSession();
    await ledger.recordSlices([{ sessionId, epoch: 1, slice: 0, mediaMs: 1000 }]);
    await test.db.systemSql('UPDATE sessions SET epoch = 2 WHERE id = $1', [sessionId]);
    const [old] = await ledger.recordSlices([{ sessionId, epoch: 1, slice: 1, mediaMs: 1000 }]);
    expect(old).toMatchObject({ acceptedMs: 0n, billedMs: 1000n });
    const [current] = await ledger.recordSlices([{ sessionId, epoch: 2, slice: 0, mediaMs: 500 }]);
    expect(current).toMatchObject({ acceptedMs: 500n, billedMs: 1500n });
  });

  it('is over with the settlement, also while both race', async () => {
    await grant(10n * MINUTE);
    for (let round = 0; round < 10; round += 1) {
      const sessionId = await heldSession();
      const slices = Array.from({ length: 5 }, (_, slice) => ledger.recordSlices([{ sessionId, epoch: 1, slice, mediaMs: 1000 }]));
      const [settled] = await Promise.all([ledger.settle(sessionId), ...slices]);
      const [late] = await ledger.recordSlices([{ sessionId, epoch: 1, slice: 99, mediaMs: 60_000 }]);
      expect(late).toMatchObject({ acceptedMs: 0n, billedMicroCredits: settled.chargedMicroCredits, heldMicroCredits: 0n });
    }
  });
});

describe('the books', () => {
  it('stay right under everything at once', async () => {
    await grant(30n * MINUTE);
    const sessions = await Promise.all(Array.from({ length: 20 }, () => test.createSession(tenant)));
    await Promise.all(
      sessions.map(async (sessionId, at) => {
        await ledger.placeHold(tenant.tenantId, sessionId, MINUTE);
        await Promise.all([
          grant(BigInt(at + 1)),
          ledger.extendHold(sessionId, 2n * MINUTE),
          ledger.recordSlices(sessions.map((other) => ({ sessionId: other, epoch: 1, slice: at, mediaMs: 500 }))),
        ]);
        await ledger.settle(sessionId);
      }),
    );
    const [{ charged } = { charged: -1n }] = await test.ownerSql<{ charged: string }>(
      'SELECT sum(charged_micro_credits)::text AS charged FROM credit_holds WHERE tenant_id = $1',
      [tenant.tenantId],
    );
    expect(await balance()).toEqual({ available: 30n * MINUTE + 210n - BigInt(charged), held: 0n });
  });

  it('are append-only, even for their owner', async () => {
    await grant(5n);
    for (const table of ['ledger_entries', 'ledger_transactions']) {
      await expect(test.ownerSql(`DELETE FROM ${table}`)).rejects.toThrow('append-only');
      await expect(test.ownerSql(`UPDATE ${table} SET tenant_id = tenant_id`)).rejects.toThrow('append-only');
      await expect(test.ownerSql(`TRUNCATE ${table} CASCADE`)).rejects.toThrow('append-only');
    }
  });

  it('refuse a transaction that does not add up to zero, or has no entries', async () => {
    await grant(5n);
    const insert = `INSERT INTO ledger_transactions (id, tenant_id, kind, idempotency_key) VALUES ('${newUuid()}', '${tenant.tenantId}', 'grant', 'x')`;
    await expect(test.ownerSql(insert)).rejects.toThrow('0 entries');
    await expect(
      test.ownerSql(`WITH made AS (${insert} RETURNING id)
        INSERT INTO ledger_entries (transaction_id, account_id, tenant_id, amount)
        SELECT made.id, a.id, a.tenant_id, amount FROM made, ledger_accounts a, unnest(ARRAY[3, 4]) AS amount
        WHERE a.tenant_id = '${tenant.tenantId}' AND a.kind = 'available'`),
    ).rejects.toThrow('add up to 7');
  });

  it('are out of reach for every role but by the functions', async () => {
    await grant(MINUTE);
    for (const sql of [test.db.meterSql, test.db.systemSql]) {
      await expect(sql('UPDATE ledger_accounts SET balance = balance + 1')).rejects.toThrow('permission denied');
      await expect(sql('UPDATE credit_holds SET held_micro_credits = 0')).rejects.toThrow('permission denied');
      await expect(sql('INSERT INTO ledger_entries (amount) VALUES (1)')).rejects.toThrow('permission denied');
    }
    await expect(test.db.meterSql('SELECT ledger_grant($1, 1, $2)', [tenant.tenantId, 'x'])).rejects.toThrow('permission denied');
    await expect(test.db.tenantSql(tenant.tenantId, 'SELECT ledger_grant($1, 1, $2)', [tenant.tenantId, 'x'])).rejects.toThrow('permission denied');
    await expect(test.db.tenantSql(tenant.tenantId, 'SELECT ledger_settle($1)', [newUuid()])).rejects.toThrow('permission denied');
    await expect(test.db.tenantSql(tenant.tenantId, 'UPDATE ledger_accounts SET balance = 10')).rejects.toThrow('permission denied');
  });

  it('show what was tampered with', async () => {
    await grant(5n);
    const tampered = [tenant.tenantId, 'available'];
    await test.ownerSql('UPDATE ledger_accounts SET balance = balance + 1 WHERE tenant_id = $1 AND kind = $2', tampered);
    expect(await ledger.ledgerInvariants()).toMatchObject([{ violation: 'balance is not the sum of its entries', detail: '6 against 5' }]);
    await test.ownerSql('UPDATE ledger_accounts SET balance = balance - 1 WHERE tenant_id = $1 AND kind = $2', tampered);
  });
});
