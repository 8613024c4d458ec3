import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ConfigError,
  deepFreeze,
  flagVariable,
  httpUrlVariable,
  intVariable,
  jsonVariable,
  listVariable,
  portVariable,
  readEnvironment,
  Secret,
  secretUrlVariable,
  secretVariable,
  tokenVariable,
} from './index.ts';

function problemsOf(shape: z.ZodRawShape, environment: Record<string, string>): readonly string[] {
  try {
    readEnvironment('Test', shape, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the environment', () => {
  it('becomes typed values', () => {
    const env = readEnvironment(
      'Test',
      { PORT: portVariable, URL: httpUrlVariable, ON: flagVariable, NAMES: listVariable(), ICE: jsonVariable(z.array(z.object({ urls: z.string() })), '[]'), WORKERS: intVariable(1, 8) },
      { PORT: '3000', URL: 'https://api.example.com/', ON: 'Yes', NAMES: 'a, b,,c', ICE: '[{"urls":"stun:x"}]', WORKERS: '2' },
    );
    expect(env).toEqual({ PORT: 3000, URL: 'https://api.example.com', ON: true, NAMES: ['a', 'b', 'c'], ICE: [{ urls: 'stun:x' }], WORKERS: 2 });
  });

  it('takes an empty variable for an absent one, and trims', () => {
    expect(readEnvironment('Test', { A: z.string().default('none'), B: z.string() }, { A: ' ', B: ' b ' })).toEqual({ A: 'none', B: 'b' });
  });

  it('says everything that is wrong at once, with what is missing explained', () => {
    const problems = problemsOf({ PORT: portVariable, URL: httpUrlVariable, KEY: secretVariable(32).describe('a random text'), OK: z.string() }, { PORT: '80000', URL: 'ftp://x', OK: 'fine' });
    expect(problems).toEqual(['PORT must be a whole number from 0 to 65535', 'URL must be an address that starts with http:// or https://', 'KEY is missing: a random text']);
  });

  it('never says a value', () => {
    const environment = { KEY: 'geheim', URL: 'mysql://user:geheim@host/db', LIST: 'geheim', JSON: '{"a": geheim', TOKEN: 'ge heim' };
    const problems = problemsOf({ KEY: secretVariable(32), URL: secretUrlVariable('postgres'), LIST: listVariable(['a', 'b']), JSON: jsonVariable(z.array(z.string()), '["x"]'), TOKEN: tokenVariable }, environment);
    expect(problems).toHaveLength(5);
    expect(problems.join()).not.toContain('heim');
  });
});

describe('a secret', () => {
  const secret = new Secret('geheim');

  it('is revealed by name only', () => {
    expect(secret.reveal()).toBe('geheim');
  });

  it('does not print', () => {
    for (const text of [`${String(secret)}`, JSON.stringify({ secret }), inspect({ secret }, { depth: 5, showHidden: true }), JSON.stringify(Object.entries(secret))]) expect(text).not.toContain('geheim');
  });
});

describe('a frozen configuration', () => {
  it('cannot be changed at any depth', () => {
    const config = deepFreeze({ a: { b: [1, { c: 2 }] }, secret: new Secret('x') });
    expect(() => ((config.a.b[1] as { c: number }).c = 3)).toThrow(TypeError);
    expect(() => config.a.b.push(4)).toThrow(TypeError);
    expect(config.secret.reveal()).toBe('x');
  });
});
