import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { claimSession, type SessionGrant } from '@visavis/contracts';
import type { Database } from '@visavis/db';
import { formatId } from '@visavis/ids';
import { ProblemError } from '@visavis/problems';
import type { SessionChannel } from '@visavis/queue';
import type { Storage } from '@visavis/storage';
import { z } from 'zod';
import { Access } from '../../access/access.decorator';
import { PublicIdPipe } from '../../http/public-id.pipe';
import { DATABASE, STORAGE } from '../../tokens';
import { SESSION_CHANNEL } from '../dispatch/dispatch.tokens';
import { MediaHost } from '../media/media-host.service';
import { BackgroundImages } from '../sessions/background-images.service';
import { SessionsRepository } from '../sessions/sessions.repository';
import { UtterancesRepository } from '../sessions/utterances.repository';

const BUNDLE_URL_TTL_S = 600;

/** What a worker asks for when it takes a session's job. */
@ApiExcludeController()
@Controller('internal/worker/sessions')
export class WorkerGatewayController {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly utterances: UtterancesRepository,
    private readonly media: MediaHost,
    private readonly backgrounds: BackgroundImages,
    @Inject(DATABASE) private readonly db: Database,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
  ) {}

  /** Hands out the ingest key, once per epoch and only to the worker that the session was given to. */
  @Post(':id/claim')
  @HttpCode(200)
  @Access({ worker: true })
  async claim(@Param('id', new PublicIdPipe('ses')) id: string, @Body({ schema: claimSession }) body: z.infer<typeof claimSession>): Promise<SessionGrant> {
    const row = await this.sessions.takeIngest(id, body.epoch, body.worker_id);
    const publicId = formatId('ses', id);
    const hosted = this.media.get(publicId);
    if (!row || !hosted || hosted.epoch !== body.epoch) throw new ProblemError('conflict', 'This epoch of the session is over, belongs to another worker, or its key was fetched before.');
    const rows = await this.db.systemSql<{ engine: string; engine_version: string; bundle_key: string; bundle_sha256: string }>(
      'SELECT engine, engine_version, bundle_key, bundle_sha256 FROM avatars WHERE id = $1',
      [row.avatar_id],
    );
    const [avatar] = rows;
    if (!avatar) throw new ProblemError('conflict', 'The avatar of this session is gone.');
    const [bundleUrl, background, ended, positions, face] = await Promise.all([
      this.storage.presignGet(avatar.bundle_key, { expiresInS: BUNDLE_URL_TTL_S, audience: 'fleet' }),
      this.backgrounds.grant(row.tenant_id, id, row.background),
      body.epoch > 1 ? this.utterances.ended(id) : [],
      body.epoch > 1 ? this.channel.positions(publicId) : new Map<string, number>(),
      // The first worker hears every cue in its turn.
      body.epoch > 1 ? this.channel.face(publicId) : { cues: [], number: 0 },
    ]);
    const { ingest } = hosted;
    return {
      session_id: publicId,
      epoch: body.epoch,
      video: hosted.video,
      background,
      voice_id: row.voice_id,
      ingest: {
        address: ingest.address,
        port: ingest.port,
        send_key: ingest.sendKey,
        receive_key: ingest.receiveKey,
        audio: { ssrc: ingest.audio.ssrc, payload_type: ingest.audio.payloadType },
        video: { ssrc: ingest.video.ssrc, payload_type: ingest.video.payloadType },
        cname: ingest.cname,
      },
      avatar: {
        id: formatId('avt', row.avatar_id),
        engine: avatar.engine,
        engine_version: avatar.engine_version,
        bundle_url: bundleUrl,
        bundle_sha256: avatar.bundle_sha256,
      },
      resume: { ended, positions: Object.fromEntries(positions), cues: face.cues, cue_number: face.number },
    };
  }
}
