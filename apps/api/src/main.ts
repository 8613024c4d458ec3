import { ConfigError } from '@visavis/config';
import { createLogger } from '@visavis/logging';
import { createApp } from './app';
import { loadApiConfig, type ApiConfig } from './config';
import { shutDown } from './shutdown';

const EX_CONFIG = 78;
/** Whatever hangs must not keep a supervisor waiting for ever. */
const STOP_DEADLINE_MS = 18_000;

await main();

async function main(): Promise<void> {
  const config = configOrExit();
  const logger = createLogger({ app: 'api', level: config.logLevel });
  process.on('unhandledRejection', (error) => logger.error({ error }, 'a promise failed and nobody looked'));

  const app = await createApp(config, logger);
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error('did not stop in time');
      process.exit(1);
    }, STOP_DEADLINE_MS).unref();
    shutDown(app, logger).then(
      () => {
        logger.info('stopped');
        logger.flush(() => process.exit(0));
      },
      (error: unknown) => {
        logger.error({ error }, 'stopping failed');
        logger.flush(() => process.exit(1));
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  await app.listen({ host: config.http.host, port: config.http.port });
  logger.info({ url: await app.getUrl() }, 'listening');
}

function configOrExit(): ApiConfig {
  try {
    return loadApiConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EX_CONFIG);
  }
}
