import { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Says everything that is wrong with the environment at once, one variable a line, without printing a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(app: string, problems: readonly string[]) {
    super(`${app} cannot start, ${problems.length === 1 ? 'one environment variable is' : `${problems.length} environment variables are`} wrong:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Parses the environment by one zod object whose keys are variable names. An empty variable counts as absent.
 * A field's description is repeated in the message when it is missing.
 *
 * @throws ConfigError that lists every variable that is wrong.
 */
export function readEnvironment<T extends z.ZodRawShape>(app: string, shape: T, environment: Environment): z.output<z.ZodObject<T>> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(shape)) {
    const value = environment[name]?.trim();
    if (value !== undefined && value !== '') given[name] = value;
  }
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    app,
    parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      if (given[name] !== undefined) return `${name} ${issue.message}`;
      const about = (shape[name] as z.ZodType | undefined)?.description;
      return about === undefined ? `${name} is missing` : `${name} is missing: ${about}`;
    }),
  );
}

/** Freezes a configuration all the way down; objects with a class of their own (secrets) are left alone. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && !Array.isArray(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
