import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from './home.mjs';
import { checkOutsideAddresses, checkOutsideServices } from './outside-services.mjs';
import { SetupError } from './progress.mjs';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that says `reply` to the first thing it hears. */
const answering = (reply: string | Buffer) => listen(createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.write(reply))));

async function complaint(outside: Record<string, string>): Promise<string> {
  const error = await checkOutsideServices(outside).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SetupError);
  const { message } = error as Error;
  expect(message).not.toContain('geheim');
  expect(message).not.toContain('\n');
  return message;
}

const keys = { S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b' };

describe('an address of an outside service', () => {
  it.each([
    ['DATABASE_URL', 'nonsense'],
    ['DATABASE_URL', 'mysql://u:geheim@db.example/x'],
    // The roles log in at the same address under their own names, which one without a host can't hold.
    ['DATABASE_URL', 'postgresql:///x?host=/run/postgresql'],
    ['DATABASE_URL', 'postgresql://u:geheim@db.example'],
    ['REDIS_URL', 'db.example:6379'],
    ['REDIS_URL', 'http://:geheim@db.example'],
    ['S3_ENDPOINT', 's3.example:9000'],
  ])('%s=%s is refused', async (name, value) => {
    expect(await complaint({ [name]: value, ...keys })).toMatch(new RegExp(`^${name} .*: write it like`));
  });

  it('of S3 needs its keys', async () => {
    expect(await complaint({ S3_ENDPOINT: 'http://s3.example', S3_ACCESS_KEY_ID: 'a' })).toContain('without S3_SECRET_ACCESS_KEY:');
  });

  it('may be absent or whole', () => {
    checkOutsideAddresses({ DATABASE_URL: '' });
    checkOutsideAddresses({ DATABASE_URL: 'postgres://u:p@[::1]:5432/x?sslmode=require', REDIS_URL: 'rediss://r.example', S3_ENDPOINT: 'https://s3.example/', ...keys });
  });
});

describe('an outside service', () => {
  it.each([
    ['DATABASE_URL', (port: number) => `postgres://u:geheim@127.0.0.1:${port}/x`],
    ['REDIS_URL', (port: number) => `redis://:geheim@127.0.0.1:${port}`],
    ['S3_ENDPOINT', (port: number) => `http://u:geheim@127.0.0.1:${port}`],
  ])('that is not there is said of %s, with what to do', async (name, url) => {
    const port = await freePort();
    const message = await complaint({ [name]: url(port), ...keys });
    expect(message).toMatch(new RegExp(`^${name}: no .* can be reached at 127\\.0\\.0\\.1:${port} \\(ECONNREFUSED\\)\\. .* unset it`));
  });

  it('PostgreSQL may refuse the login', async () => {
    const fields = Buffer.from('SFATAL\0C28P01\0Mpassword authentication failed for user "u"\0\0');
    const head = Buffer.alloc(5, 'E');
    head.writeInt32BE(fields.length + 4, 1);
    const port = await answering(Buffer.concat([head, fields]));
    expect(await complaint({ DATABASE_URL: `postgres://u:geheim@127.0.0.1:${port}/x` })).toContain('refuses the login (password authentication failed for user "u")');
  });

  it.each([
    ['-NOAUTH Authentication required.\r\n', '', 'refuses the login (NOAUTH'],
    ['-WRONGPASS invalid username-password pair\r\n-NOAUTH Authentication required.\r\n', ':geheim@', 'refuses the login (WRONGPASS'],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', '', 'is not Redis'],
  ])('what answers Redis with %j is refused', async (reply, login, expected) => {
    const port = await answering(reply);
    expect(await complaint({ REDIS_URL: `redis://${login}127.0.0.1:${port}` })).toContain(expected);
  });

  it('that answers is used', async () => {
    const redis = await answering('+OK\r\n+PONG\r\n');
    const s3 = await listen(createHttpServer((_, response) => void response.writeHead(403).end()));
    await checkOutsideServices({ REDIS_URL: `redis://u:geheim@127.0.0.1:${redis}/2`, S3_ENDPOINT: `http://127.0.0.1:${s3}`, ...keys });
  });
});
