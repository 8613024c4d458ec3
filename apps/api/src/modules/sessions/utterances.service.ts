import { Inject, Injectable } from '@nestjs/common';
import { formatId } from '@visavis/ids';
import type { SessionChannel } from '@visavis/queue';
import { SESSION_CHANNEL } from '../dispatch/dispatch.tokens';
import { SessionEvents } from './session-events.service';
import { UtterancesRepository } from './utterances.repository';

/** Starts and ends of utterances. Exactly one end each: the row decides, whoever reports it. */
@Injectable()
export class UtterancesService {
  constructor(
    private readonly utterances: UtterancesRepository,
    private readonly events: SessionEvents,
    @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
  ) {}

  async started(sessionId: string, utteranceId: string): Promise<void> {
    if (await this.utterances.start(sessionId, utteranceId)) await this.events.append(sessionId, 'utterance.started', { utterance_id: utteranceId });
  }

  async ended(sessionId: string, utteranceId: string, outcome: { interrupted: boolean; playedMs: number; error?: { code: string; detail: string } }): Promise<void> {
    const ended = await this.utterances.end(sessionId, utteranceId, {
      interrupted: outcome.interrupted,
      playedMs: outcome.playedMs,
      ...(outcome.error ? { errorCode: outcome.error.code } : {}),
    });
    if (!ended) return;
    // Its start may have been reported by a worker that died before the report was handled.
    if (!ended.wasStarted && outcome.playedMs > 0) await this.events.append(sessionId, 'utterance.started', { utterance_id: utteranceId });
    await this.events.append(sessionId, 'utterance.ended', {
      utterance_id: utteranceId,
      interrupted: outcome.interrupted,
      played_ms: Math.max(0, Math.floor(outcome.playedMs)),
      ...(outcome.error ? { error: outcome.error } : {}),
    });
    await this.channel.forget(formatId('ses', sessionId), utteranceId).catch(() => undefined); // only saves space
  }

  /** What was still playing or waiting when its session ended. */
  async endAll(sessionId: string): Promise<void> {
    const open = await this.utterances.open(sessionId);
    if (open.length === 0) return;
    const positions = await this.channel.positions(formatId('ses', sessionId)).catch(() => new Map<string, number>());
    for (const utteranceId of open) await this.ended(sessionId, utteranceId, { interrupted: true, playedMs: positions.get(utteranceId) ?? 0 });
  }
}
