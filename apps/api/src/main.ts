import { ConfigError } from '@visavis/config';
import { createLogger } from '@visavis/logging';
import { createApp } from './app';
import { loadApiConfig, type ApiConfig } from './config';
import { Drain } from './http/drain';

const DRAIN_DEADLINE_MS = 10_000;
const CLOSE_DEADLINE_MS = 20_000;

await main();

async function main(): Promise<void> {
  const config = configOrExit();
  const logger = createLogger({ app: 'api', level: config.logLevel });
  process.on('unhandledRejection', (error) => logger.error({ error }, 'a promise failed and nobody looked'));

  const app = await createApp(config, logger);
  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    const deadline = setTimeout(() => {
      logger.error('did not stop in time');
      process.exit(1);
    }, CLOSE_DEADLINE_MS);
    deadline.unref();
    const finished = await app.get(Drain).drain(DRAIN_DEADLINE_MS);
    if (!finished) logger.warn('some requests were still running at the deadline');
    await app.close();
    logger.info('stopped');
    logger.flush(() => process.exit(0));
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));

  await app.listen({ host: config.http.host, port: config.http.port });
  logger.info({ url: await app.getUrl(), roles: config.roles }, 'listening');
}

function configOrExit(): ApiConfig {
  try {
    return loadApiConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78); // EX_CONFIG
  }
}
