import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUuidV7Source, newUuid, uuidTimeMs } from './index.ts';

describe('UUIDs of version 7', () => {
  it('have version, variant and time in their places', () => {
    const uuid = createUuidV7Source(() => 1_795_000_000_123)();
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidTimeMs(uuid)).toBe(1_795_000_000_123);
  });

  it('grow within one millisecond, past the end of the counter', () => {
    const next = createUuidV7Source(() => 1_795_000_000_000);
    const made = Array.from({ length: 10_000 }, next);
    expect(made).toEqual([...made].sort());
    expect(new Set(made).size).toBe(made.length);
  });

  it('grow whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 2, maxLength: 50 }), (clock) => {
        let tick = 0;
        const next = createUuidV7Source(() => clock[tick++]!);
        const made = clock.map(() => next());
        return made.every((uuid, at) => at === 0 || made[at - 1]! < uuid);
      }),
    );
  });

  it('carry the present time', () => {
    const before = Date.now();
    const at = uuidTimeMs(newUuid());
    expect(at).toBeGreaterThanOrEqual(before);
  });
});
