import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ConfigError } from '@visavis/config';
import { createLogger } from '@visavis/logging';
import { loadWorkerConfig, type WorkerConfig } from './config';
import { Heartbeat } from './fleet/heartbeat.service';
import { runBeforeOthers } from './priority';
import { WorkerModule } from './worker.module';

const CLOSE_DEADLINE_MS = 5_000;

await main();

async function main(): Promise<void> {
  const config = configOrExit();
  const logger = createLogger({ app: 'worker', level: config.logLevel });
  process.on('unhandledRejection', (error) => logger.error({ error }, 'a promise failed and nobody looked'));
  if (!runBeforeOthers()) {
    logger.debug('not allowed to run before other programs; pictures may be late on a busy machine');
  }

  const app = await NestFactory.createApplicationContext(WorkerModule.for(config, logger), { logger: false, abortOnError: false });
  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) return process.exit(1); // asked twice: at once
    stopping = true;
    logger.info({ signal }, 'draining');
    await app.get(Heartbeat).drain();
    // BullMQ waits for running jobs; whatever hangs doesn't hold the process.
    setTimeout(() => process.exit(1), CLOSE_DEADLINE_MS).unref();
    await app.close();
    logger.info('stopped');
    logger.flush(() => process.exit(0));
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  logger.info({ worker_id: config.workerId, slots: config.slots }, 'ready for sessions');
}

function configOrExit(): WorkerConfig {
  try {
    return loadWorkerConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78); // EX_CONFIG
  }
}
