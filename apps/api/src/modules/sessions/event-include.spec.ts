import { describe, expect, it } from 'vitest';
import { parseInclude } from './event-include';

describe('what to include in events', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['timings', ['timings']],
    [' timings,timings,', ['timings']],
    [['timings', 'timings'], ['timings']],
  ])('%j', (value, wanted) => {
    expect([...parseInclude(value)]).toEqual(wanted);
  });

  it.each(['everything', 'timings,more', ['timings', 'Timings'], '__proto__'])('refuses %j', (value) => {
    expect(() => parseInclude(value)).toThrow(/cannot be included.*timings/);
  });
});
