import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { SessionGrant, WorkerEvent } from '@visavis/contracts';
import type { Logger } from '@visavis/logging';
import type { CommandEntry, CommandReader, SessionChannel } from '@visavis/queue';
import { DEFAULT_VOICE_ID, warmVoice } from '@visavis/speech';
import { ApiClient } from '../api-client';
import { AvatarCache } from '../avatars/avatar-cache';
import type { WorkerConfig } from '../config';
import { figuresOf, PipelinePool, type CreatedMediaSession, type PipelineEvent } from '../pipeline/index.ts';
import { COMMAND_READER, LOGGER, PIPELINE_POOL, SESSION_CHANNEL, WORKER_CONFIG } from '../tokens';
import { openBackground } from './session-background';
import { SessionFace } from './session-face';
import { SessionRegistry } from './session-registry';
import { speechSourceOf } from './speech-sources';
import { timingsOfVisemes, type ToldTimings } from './speech-timings';
import type { StreamedSpeech } from './streamed-speech';

/** Runs one epoch of one session from the job to its end. */
@Injectable()
export class SessionRunner {
  constructor(
    private readonly api: ApiClient,
    private readonly avatars: AvatarCache,
    private readonly registry: SessionRegistry,
    @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
    @Inject(COMMAND_READER) private readonly reader: CommandReader,
    @Inject(PIPELINE_POOL) private readonly pool: PipelinePool,
    @Inject(WORKER_CONFIG) private readonly config: WorkerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Resolves when the session is over here.
   * @throws Error when it could not start or broke.
   */
  async run(sessionId: string, epoch: number): Promise<void> {
    const grant = await this.api.claimSession(sessionId, epoch);
    // While the avatar is loaded: a voice may need a moment before its first word.
    void warmVoice(grant.voice_id ?? DEFAULT_VOICE_ID);
    const background = await openBackground(grant.background, grant.video);
    const { avatar, release } = await this.avatars.acquire(grant.avatar, { ...grant.video, background });
    try {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const media = await this.pool.createMediaSession({
        avatar,
        width: grant.video.width,
        height: grant.video.height,
        fps: grant.video.fps,
        codec: grant.video.codec,
        background,
        seed: seedOf(sessionId),
        ingest: ingestOf(grant),
        onEvent: (event) => {
          if (event.type === 'failed') reject(event.error instanceof Error ? event.error : new Error(String(event.error)));
          else this.report(sessionId, epoch, event);
        },
        onNetworkError: (error) => this.logger.debug({ error }, 'a packet could not be sent'),
      });
      const leave = this.registry.add({
        sessionId,
        epoch,
        stop: (reason) => {
          media.close({ handOver: true });
          resolve(reason);
        },
      });
      const unsubscribe = this.reader.subscribe(sessionId, commandHandler(media, grant, {
        end: resolve,
        tell: (utteranceId, timings) => this.reportEvent(sessionId, epoch, { type: 'utterance.timings', utterance_id: utteranceId, ...timings }),
      }));
      try {
        this.logger.info({ reason: await promise, ...figuresOf(media) }, 'session stopped');
      } finally {
        unsubscribe();
        leave();
        media.close();
      }
    } finally {
      release();
    }
  }

  private report(sessionId: string, epoch: number, event: Exclude<PipelineEvent, { type: 'failed' }>): void {
    if (event.type !== 'utterance.position') return this.reportEvent(sessionId, epoch, workerEventOf(event));
    const saved = this.channel.savePosition(sessionId, event.utteranceId, event.playedMs);
    saved.catch((error: unknown) => this.logger.error({ error, event: event.type }, 'an event could not be reported'));
  }

  private reportEvent(sessionId: string, epoch: number, event: WorkerEvent): void {
    const sent = this.channel.report({ sessionId, epoch, workerId: this.config.workerId, event });
    sent.catch((error: unknown) => this.logger.error({ error, event: event.type }, 'an event could not be reported'));
  }
}

interface CommandEffects {
  end(reason: string): void;
  tell(utteranceId: string, timings: ToldTimings): void;
}

/** Commands in the order in which they were given. A second worker hears them all again and leaves out what was said. */
function commandHandler(media: CreatedMediaSession, grant: SessionGrant, { end, tell }: CommandEffects): (entry: CommandEntry) => void {
  const alreadySaid = new Set(grant.resume.ended);
  // A map: names are the client's choice, and "constructor" is one.
  const positions = new Map(Object.entries(grant.resume.positions));
  const streams = new Map<string, StreamedSpeech>();
  const face = new SessionFace(grant.resume, (cue) => media.act(cue));
  return (entry) => {
    if (entry.kind === 'audio') {
      streams.get(entry.utteranceId)?.push(entry.pcm);
      return;
    }
    const { command } = entry;
    switch (command.type) {
      case 'speak': {
        if (alreadySaid.has(command.utterance_id)) return;
        const { open, streamed, tellsTimings } = speechSourceOf(command.source, {
          mood: command.mood,
          resting: () => face.expression,
          tell: (timings) => tell(command.utterance_id, timings),
        });
        if (streamed) streams.set(command.utterance_id, streamed);
        media.speak({ utteranceId: command.utterance_id, source: open, startAtMs: positions.get(command.utterance_id) ?? 0, visemes: !tellsTimings });
        return;
      }
      case 'cue':
        face.take(command);
        return;
      case 'stream_end':
        streams.get(command.utterance_id)?.end();
        streams.delete(command.utterance_id);
        return;
      case 'interrupt':
        media.interrupt();
        for (const streamed of streams.values()) streamed.end();
        streams.clear();
        return;
      case 'end':
        end('the session ended');
    }
  };
}

function workerEventOf(event: Exclude<PipelineEvent, { type: 'failed' | 'utterance.position' }>): WorkerEvent {
  switch (event.type) {
    case 'sending':
      return { type: 'sending' };
    case 'utterance.started':
      return { type: 'utterance.started', utterance_id: event.utteranceId };
    case 'utterance.visemes':
      return { type: 'utterance.timings', utterance_id: event.utteranceId, ...timingsOfVisemes(event.visemes) };
    case 'utterance.ended':
      return {
        type: 'utterance.ended',
        utterance_id: event.utteranceId,
        interrupted: event.interrupted,
        played_ms: event.playedMs,
        ...(event.error ? { error: { code: event.error.code, detail: event.error.detail } } : {}),
      };
  }
}

/** The same session blinks the same way on every worker, and no two sessions together. */
function seedOf(sessionId: string): number {
  return createHash('sha256').update(sessionId).digest().readUInt32LE(0);
}

function ingestOf({ ingest }: SessionGrant) {
  return {
    address: ingest.address,
    port: ingest.port,
    sendKey: ingest.send_key,
    receiveKey: ingest.receive_key,
    audio: { ssrc: ingest.audio.ssrc, payloadType: ingest.audio.payload_type },
    video: { ssrc: ingest.video.ssrc, payloadType: ingest.video.payload_type },
    cname: ingest.cname,
  };
}
