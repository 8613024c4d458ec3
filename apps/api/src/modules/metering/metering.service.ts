import { Inject, Injectable } from '@nestjs/common';
import { affordableMs, priceMicroCredits, type Ledger, type UsageSlice } from '@visavis/credits';
import type { Database } from '@visavis/db';
import { parseId } from '@visavis/ids';
import type { Logger } from '@visavis/logging';
import { DATABASE, LOGGER } from '../../tokens';
import { AUDIO_PACKET_MS, type HostedSession } from '../media/hosted-session';
import { LEDGER } from './metering.tokens';

export interface Bill {
  billedMs: bigint;
  microCredits: bigint;
}

/** Turns audio packets that arrived into slices, slices into a bill. Milliseconds are rounded down over the whole session. */
@Injectable()
export class MeteringService {
  private pending: UsageSlice[] = [];

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(DATABASE) private readonly db: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Billable milliseconds of a session so far, given the audio packets that arrived over all its epochs. */
  mediaMs(session: HostedSession, packets: number): number {
    return session.liveAtMs === null ? 0 : Math.max(0, packets - session.metering.packetsAtLive) * AUDIO_PACKET_MS;
  }

  charge(session: HostedSession, mediaMs: number): bigint {
    return priceMicroCredits(BigInt(mediaMs), session.microCreditsPerMinute);
  }

  /** Puts what arrived since the last slice in line for `flush`; never more than the hold pays for. */
  collect(session: HostedSession, packets: number): void {
    const { metering } = session;
    const totalMs = Math.min(this.mediaMs(session, packets), affordableMs(metering.heldMicroCredits, session.microCreditsPerMinute));
    const mediaMs = totalMs - metering.flushedMs;
    if (mediaMs <= 0) return;
    const sessionId = parseId('ses', session.id);
    if (!sessionId) return;
    this.pending.push({ sessionId, epoch: session.epoch, slice: metering.nextSlice++, mediaMs });
    metering.flushedMs = totalMs;
  }

  /** The last slice of a session; call it with the final count, then `settle`. */
  close(session: HostedSession, packets: number): void {
    this.collect(session, packets);
  }

  /** Writes all waiting slices in one statement. A failed write keeps them: each is written once, whatever is repeated. */
  async flush(): Promise<void> {
    if (this.pending.length === 0) return;
    const batch = this.pending;
    this.pending = [];
    try {
      await this.ledger.recordSlices(batch);
    } catch (error) {
      this.pending = [...batch, ...this.pending];
      this.logger.error({ error, slices: batch.length }, 'usage could not be written and is kept for the next try');
      throw error;
    }
  }

  /** Charges a session that is over for its slices and gives the rest of its hold back. Safe to repeat. */
  async settle(sessionId: string): Promise<Bill> {
    await this.flush();
    const { chargedMicroCredits } = await this.ledger.settle(sessionId);
    const [row] = await this.db.meterSql<{ ms: string }>('SELECT billed_ms::text AS ms FROM sessions WHERE id = $1', [sessionId]);
    return { billedMs: BigInt(row?.ms ?? 0), microCredits: chargedMicroCredits };
  }

  async isSettled(sessionId: string): Promise<boolean> {
    const [hold] = await this.db.meterSql<{ open: boolean }>('SELECT settled_at IS NULL AS open FROM credit_holds WHERE session_id = $1', [sessionId]);
    return !hold?.open;
  }
}
