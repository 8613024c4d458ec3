import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from '@visavis/logging';
import { Drain } from './http/drain';

const DRAIN_DEADLINE_MS = 10_000;

/**
 * Stops in order: says "not ready" so that no new requests are sent here, finishes those in hand, then closes streams,
 * sessions and connections.
 */
export async function shutDown(app: NestFastifyApplication, logger: Logger, deadlineMs: number = DRAIN_DEADLINE_MS): Promise<void> {
  const finished = await app.get(Drain).drain(deadlineMs);
  if (!finished) logger.warn('some requests were still running at the deadline');
  await app.close();
}
