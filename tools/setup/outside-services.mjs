// The services that the environment names instead of embedded ones: looked at before anything is built on them, so that a wrong address, a server that is
// down or a refused login is one sentence about the variable, not a stack from deep inside. No message contains a password.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { SetupError } from './progress.mjs';

const timeoutMs = 5_000;

const known = {
  DATABASE_URL: { program: 'PostgreSQL', protocols: ['postgresql', 'postgres'], example: 'postgresql://owner:password@db.example:5432/visavis', port: 5432 },
  REDIS_URL: { program: 'Redis', protocols: ['redis', 'rediss'], example: 'redis://:password@redis.example:6379', port: 6379 },
  S3_ENDPOINT: { program: 'S3 storage', protocols: ['http', 'https'], example: 'https://s3.example:9000' },
};

/**
 * Reads the addresses without calling anyone.
 * @param {object} outside the environment
 * @throws {SetupError} about the first that is not an address, or that lacks what belongs to it
 */
export function checkOutsideAddresses(outside) {
  for (const [name, { program, protocols, example }] of Object.entries(known)) {
    if (!outside[name]) continue;
    const url = URL.canParse(outside[name]) ? new URL(outside[name]) : undefined;
    if (!url?.hostname || !protocols.includes(url.protocol.slice(0, -1))) {
      throw new SetupError(`${name} is not an address for ${program}: write it like ${example}, or unset it to use the built-in ${program}.`);
    }
  }
  if (outside.DATABASE_URL && new URL(outside.DATABASE_URL).pathname.length < 2) {
    throw new SetupError(`DATABASE_URL names no database: write it like ${known.DATABASE_URL.example}.`);
  }
  const missing = ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'].filter((name) => !outside[name]);
  if (outside.S3_ENDPOINT && missing.length > 0) {
    throw new SetupError(`S3_ENDPOINT is set without ${missing.join(' and ')}: set its keys too, or unset S3_ENDPOINT to use the built-in one.`);
  }
}

/**
 * Calls every service that the environment names.
 * @param {object} outside the environment
 * @throws {SetupError} about the first that can't be used
 */
export async function checkOutsideServices(outside) {
  checkOutsideAddresses(outside);
  if (outside.DATABASE_URL) await checkDatabase(outside.DATABASE_URL);
  if (outside.REDIS_URL) await checkRedis(outside.REDIS_URL);
  if (outside.S3_ENDPOINT) await checkStorage(outside.S3_ENDPOINT);
}

async function checkDatabase(text) {
  const { default: pg } = await import('pg');
  let client;
  try {
    client = new pg.Client({ connectionString: text, connectionTimeoutMillis: timeoutMs });
    client.on('error', () => undefined);
    await client.connect();
  } catch (error) {
    // A server that answers gives the reason a code of five characters; and it speaks only of users and databases, never of passwords.
    const answered = error.severity !== undefined || /^SASL/.test(error.message);
    throw answered ? refused('DATABASE_URL', text, error.message) : unreachable('DATABASE_URL', text, error);
  } finally {
    await client?.end().catch(() => undefined);
  }
}

async function checkRedis(text) {
  const reply = await askRedis(new URL(text)).catch((error) => {
    throw unreachable('REDIS_URL', text, error);
  });
  if (/^-(NOAUTH|WRONGPASS|NOPERM)/m.test(reply)) throw refused('REDIS_URL', text, /^-(.*)/m.exec(reply)[1].trim());
  if (!/^(\+PONG|-LOADING)/m.test(reply)) throw new SetupError(`REDIS_URL: what answers at ${place('REDIS_URL', text)} is not Redis: ${advice('REDIS_URL')}`);
}

/** @returns {Promise<string>} what it says to a login, if the address has one, and a PING */
function askRedis(url) {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || known.REDIS_URL.port);
  const login = [url.username, url.password].filter(Boolean).map(decoded);
  const commands = [...(url.password ? [['AUTH', ...login]] : []), ['PING']];
  return new Promise((resolve, reject) => {
    const socket = url.protocol === 'rediss:' ? connectTls({ host, port, servername: host }) : connect(port, host);
    let text = '';
    const finish = (act, value) => {
      clearTimeout(timer);
      socket.destroy();
      act(value);
    };
    const timer = setTimeout(() => (text ? finish(resolve, text) : finish(reject, new Error(`no answer in ${timeoutMs / 1000} s`))), timeoutMs);
    socket.on('error', (error) => finish(reject, error));
    socket.on('close', () => (text ? finish(resolve, text) : finish(reject, new Error('it closes the connection'))));
    socket.on(url.protocol === 'rediss:' ? 'secureConnect' : 'connect', () => socket.write(commands.map(asRedisCommand).join('')));
    socket.on('data', (chunk) => {
      text += chunk;
      // One line for each command; what is not Redis may say more or less.
      if (text.split('\r\n').length > commands.length) finish(resolve, text);
    });
  });
}

function asRedisCommand(words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/** Any answer will do here: whether the keys open the bucket, the API finds out. */
async function checkStorage(text) {
  try {
    const answer = await fetch(text.replace(/\/\/[^/]*@/, '//'), { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    await answer.body?.cancel();
  } catch (error) {
    throw unreachable('S3_ENDPOINT', text, error.name === 'TimeoutError' ? new Error(`no answer in ${timeoutMs / 1000} s`) : (error.cause ?? error));
  }
}

function unreachable(name, text, error) {
  const reason = error.code ?? error.errors?.[0]?.code ?? error.message;
  return new SetupError(`${name}: no ${known[name].program} can be reached at ${place(name, text)} (${withoutPassword(reason, text)}). Start it, or ${advice(name)}`);
}

function refused(name, text, reason) {
  return new SetupError(`${name}: the ${known[name].program} at ${place(name, text)} refuses the login (${withoutPassword(reason, text)}): ${advice(name)}`);
}

function place(name, text) {
  const { hostname, port, protocol } = new URL(text);
  return `${decoded(hostname)}:${port || known[name].port || (protocol === 'https:' ? 443 : 80)}`;
}

function advice(name) {
  return `correct ${name}, or unset it to use the built-in ${known[name].program}.`;
}

function withoutPassword(reason, text) {
  const { password } = new URL(text);
  return [password, decoded(password)].filter(Boolean).reduce((clean, secret) => (secret.length > 3 ? clean.replaceAll(secret, '…') : clean), reason);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
