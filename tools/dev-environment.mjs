// The environment that the apps get from `npm start` and the tests: every variable with its meaning, in one place. Production sets the same names.
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { rootDir } from './setup/checkout.mjs';

const roles = { app: 'visavis_app', system: 'visavis_system', meter: 'visavis_meter' };

/** The same database under another login. */
export function databaseUrlAs(ownerUrl, role, password) {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.href;
}

/** For prisma/migrate.ts and prisma/seed.ts: the owner of the tables, and the password that the three roles get. */
export function migrationEnvironment({ services, secrets }) {
  return {
    ...inherited(),
    DATABASE_OWNER_URL: services.databaseOwnerUrl,
    ROLE_PASSWORD: secrets.rolePassword,
    REDIS_URL: services.redisUrl,
    SECRET_KEY: secrets.secretKey,
    ...storageVariables(services.storage),
  };
}

/** For apps/api. */
export function apiEnvironment({ services, secrets, host, port, publicUrl, workerBinary, extra = {} }) {
  const login = (role) => databaseUrlAs(services.databaseOwnerUrl, role, secrets.rolePassword);
  return {
    ...inherited(),
    ...common(),
    // Requests of one tenant; sign-in, look-ups and sweeps; metering: three roles, none of which passes row-level security.
    DATABASE_URL: login(roles.app),
    DATABASE_SYSTEM_URL: login(roles.system),
    DATABASE_METER_URL: login(roles.meter),
    REDIS_URL: services.redisUrl,
    ...storageVariables(services.storage),
    // The one public port, and what people and pages call it.
    HOST: host,
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    DASHBOARD_DIR: join(rootDir, 'apps', 'dashboard', 'dist'),
    // Media: the address that browsers and workers are told, where to listen, one port per mediasoup worker from here on (0: any free).
    MEDIA_ADDRESS: process.env.MEDIA_ADDRESS || addressToAnnounce(host),
    MEDIA_LISTEN: process.env.MEDIA_LISTEN || (isLoopback(host) && !process.env.MEDIA_ADDRESS ? '127.0.0.1' : '0.0.0.0'),
    MEDIA_PORT: process.env.MEDIA_PORT || '0',
    MEDIA_WORKERS: process.env.MEDIA_WORKERS || '1',
    MEDIASOUP_WORKER_BIN: workerBinary,
    // Signs tokens and cookies, encrypts stored answers; and what a worker shows to enrol.
    SECRET_KEY: secrets.secretKey,
    WORKER_TOKEN: secrets.workerToken,
    // The avatars that ship, and whether the first of them is enough.
    STOCK_AVATARS_DIR: process.env.STOCK_AVATARS_DIR || join(rootDir, 'libs', 'engine-builtin', 'assets', 'stock'),
    STOCK_AVATARS: process.env.STOCK_AVATARS || 'all',
    ...extra,
  };
}

/** For apps/worker. */
export function workerEnvironment({ services, secrets, apiUrl, workerId, slots, home, extra = {} }) {
  return {
    ...inherited(),
    ...common(),
    REDIS_URL: services.redisUrl,
    API_URL: apiUrl,
    WORKER_TOKEN: secrets.workerToken,
    WORKER_ID: workerId,
    // How many sessions at once; without it the worker judges by its cores.
    ...(slots ? { WORKER_SLOTS: String(slots) } : {}),
    // How long a session may go on when the worker is told to stop.
    WORKER_DRAIN_S: process.env.WORKER_DRAIN_S || '3',
    // Avatar bundles are kept here between sessions.
    WORKER_CACHE_DIR: join(home, 'worker-cache'),
    // Large buffers go back to the system when they are freed: glibc's own threshold grows with them, and each of its heaps comes to keep some, a sixth of a full worker.
    MALLOC_MMAP_THRESHOLD_: process.env.MALLOC_MMAP_THRESHOLD_ || String(2 ** 20),
    ...extra,
  };
}

/** Where browsers find the media if they find the pages at `host`: an API that listens everywhere announces this machine's first address on a network. */
function addressToAnnounce(host) {
  if (isLoopback(host)) return '127.0.0.1';
  return host !== '0.0.0.0' && host !== '::' ? host : outwardAddress();
}

/** An address of this machine that is not loopback, if it has one. */
export function outwardAddress() {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

function isLoopback(host) {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function common() {
  return { NODE_ENV: process.env.NODE_ENV || 'development', LOG_LEVEL: process.env.LOG_LEVEL || 'info' };
}

function storageVariables(storage) {
  return {
    S3_ENDPOINT: storage.endpoint,
    S3_REGION: storage.region,
    S3_BUCKET: storage.bucket,
    S3_ACCESS_KEY_ID: storage.accessKeyId,
    S3_SECRET_ACCESS_KEY: storage.secretAccessKey,
    S3_FORCE_PATH_STYLE: String(storage.forcePathStyle),
  };
}

/** What the person's own environment may say to the apps: all of it, except what would name another copy's services. */
function inherited() {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^(DATABASE_|REDIS_|S3_|TEST_|npm_|NX_|VISAVIS_STARTED_BY$)/.test(name)) delete env[name];
  }
  return env;
}
