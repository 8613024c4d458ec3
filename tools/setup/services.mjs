// PostgreSQL, Redis and S3 for one home: the outside ones that the environment names, embedded ones for the rest.
import { embeddedStorageKeys, startObjectStorage } from './object-storage.mjs';
import { startPostgres } from './postgres.mjs';
import { step } from './progress.mjs';
import { startRedis } from './redis.mjs';

/** Whether this set-up has to bring a Redis of its own. */
export function needsRedis(outside = process.env) {
  return !outside.REDIS_URL;
}

/**
 * @param {{ home: string, children: import('./children.mjs').Children, secrets: object, outside?: object, throwAway?: boolean, onExit: Function }} options
 *   `outside`: the environment in which DATABASE_URL, REDIS_URL or S3_ENDPOINT may name a service to use instead
 * @returns {Promise<{ databaseOwnerUrl: string, redisUrl: string, storage: { endpoint: string, region: string, bucket: string, accessKeyId: string,
 *   secretAccessKey: string, forcePathStyle: boolean } }>}
 */
export async function startServices({ home, children, secrets, outside = process.env, throwAway = false, onExit }) {
  const bucket = outside.S3_BUCKET || 'visavis';
  const database = () =>
    outside.DATABASE_URL
      ? Promise.resolve(outside.DATABASE_URL)
      : step('PostgreSQL', () => startPostgres({ home, children, password: secrets.ownerPassword, throwAway, onExit }));
  const redis = () =>
    outside.REDIS_URL ? Promise.resolve(outside.REDIS_URL) : step('Redis', () => startRedis({ home, children, password: secrets.redisPassword, throwAway, onExit }));
  const storage = async () => {
    if (outside.S3_ENDPOINT) {
      return {
        endpoint: outside.S3_ENDPOINT,
        region: outside.S3_REGION || 'us-east-1',
        bucket,
        accessKeyId: outside.S3_ACCESS_KEY_ID ?? '',
        secretAccessKey: outside.S3_SECRET_ACCESS_KEY ?? '',
        forcePathStyle: outside.S3_FORCE_PATH_STYLE !== 'false',
      };
    }
    const endpoint = await step('Object storage', () => startObjectStorage({ home, children, bucket, onExit }));
    return { endpoint, region: 'us-east-1', bucket, ...embeddedStorageKeys, forcePathStyle: true };
  };
  return { databaseOwnerUrl: await database(), redisUrl: await redis(), storage: await storage() };
}
