import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { addToLogContext, createLogger, currentLogContext, runWithLogContext } from './index.ts';

function captured() {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({ app: 'test', level: 'debug', destination: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) } });
  return { logger, lines };
}

describe('a log line', () => {
  it('is JSON with app, level, time, a static message and keys', () => {
    const { logger, lines } = captured();
    logger.info({ epoch: 2 }, 'session claimed');
    expect(lines).toEqual([{ app: 'test', level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), message: 'session claimed', epoch: 2 }]);
  });

  it('has an error with its stack and its cause', () => {
    const { logger, lines } = captured();
    logger.error({ error: new Error('outer', { cause: new Error('inner') }) }, 'it failed');
    expect(JSON.stringify(lines[0])).toContain('outer');
    expect(JSON.stringify(lines[0])).toContain('inner');
  });

  it.each(['authorization', 'cookie', 'token', 'client_token', 'key', 'password', 'text', 'audio', 'headers', 'body'])('shows no %s, at the top or one level down', (name) => {
    const { logger, lines } = captured();
    logger.info({ [name]: 'geheim', inner: { [name]: 'geheim', other: 1 } }, 'x');
    expect(JSON.stringify(lines)).not.toContain('geheim');
    expect(lines[0]).toMatchObject({ inner: { other: 1 } });
  });

  it('leaves the object that was logged as it was', () => {
    const { logger } = captured();
    const object = { token: 'abc' };
    logger.info(object, 'x');
    expect(object).toEqual({ token: 'abc' });
  });
});

describe('the log context', () => {
  it('goes along with all work that it was opened for, and only that', async () => {
    const { logger, lines } = captured();
    const work = (request_id: string) =>
      runWithLogContext({ request_id }, async () => {
        await sleep(1);
        addToLogContext({ session_id: `of ${request_id}` });
        await sleep(1);
        logger.info('done');
      });
    await Promise.all([work('one'), work('two')]);
    logger.info('outside');
    expect(lines.map(({ request_id, session_id }) => [request_id, session_id])).toEqual([
      ['one', 'of one'],
      ['two', 'of two'],
      [undefined, undefined],
    ]);
  });

  it('is undefined outside', () => {
    addToLogContext({ request_id: 'nobody' });
    expect(currentLogContext()).toBeUndefined();
  });
});
