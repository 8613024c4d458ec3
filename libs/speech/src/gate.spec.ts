import { describe, expect, it } from 'vitest';
import { createGate } from './gate.ts';

const open = new AbortController().signal;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the gate', () => {
  it('lets no more in than its limit, and the waiting in order', async () => {
    const gate = createGate(2);
    const entered: number[] = [];
    const leaves: (() => void)[] = [];
    for (let index = 0; index < 5; index++) {
      void gate.enter(open).then((leave) => {
        entered.push(index);
        leaves.push(leave);
      });
    }
    await settle();
    expect(entered).toEqual([0, 1]);
    leaves.shift()?.();
    await settle();
    expect(entered).toEqual([0, 1, 2]);
    for (let index = 0; index < 4; index++) {
      leaves.shift()?.();
      await settle();
    }
    expect(entered).toEqual([0, 1, 2, 3, 4]);
    await gate.enter(open);
    await gate.enter(open);
  });

  it('forgets who gave up', async () => {
    const gate = createGate(1);
    const leave = await gate.enter(open);
    const abort = new AbortController();
    const impatient = gate.enter(abort.signal);
    const patient = gate.enter(open);
    abort.abort();
    await expect(impatient).rejects.toThrow();
    leave();
    (await patient)();
  });
});
