import { Inject, Injectable } from '@nestjs/common';
import { codedSize, DEFAULT_VIDEO, type CreatedSession, type CreateSession, type Session, type TokenScope } from '@visavis/contracts';
import { firstHoldMicroCredits, type Ledger } from '@visavis/credits';
import { formatId, newId, parseId } from '@visavis/ids';
import { notFound, ProblemError, retryLater } from '@visavis/problems';
import { weightOf, type Fleet, type SessionChannel, type SessionDispatcher } from '@visavis/queue';
import { ClientTokens } from '../../access/client-tokens.service';
import type { TenantPrincipal } from '../../access/principal';
import type { ApiConfig } from '../../config';
import { API_CONFIG } from '../../tokens';
import { FLEET, SESSION_CHANNEL, SESSION_DISPATCHER } from '../dispatch/dispatch.tokens';
import { MediaHost } from '../media/media-host.service';
import { LEDGER } from '../metering/metering.tokens';
import { BackgroundImages } from './background-images.service';
import { SessionEvents } from './session-events.service';
import { SessionLifecycle } from './session-lifecycle.service';
import { sessionView, type SessionRow } from './session-row';
import { SessionsRepository } from './sessions.repository';

const DEFAULT_MAX_DURATION_S = 3600;
const DEFAULT_IDLE_TIMEOUT_S = 120;
const CLIENT_TOKEN_TTL_S = 600;
const ALL_TOKEN_SCOPES: readonly TokenScope[] = ['view', 'speak', 'control'];

/** Creates, reads and ends sessions for a request. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly lifecycle: SessionLifecycle,
    private readonly events: SessionEvents,
    private readonly media: MediaHost,
    private readonly tokens: ClientTokens,
    private readonly backgrounds: BackgroundImages,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(FLEET) private readonly fleet: Fleet,
    @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
    @Inject(SESSION_DISPATCHER) private readonly dispatcher: SessionDispatcher,
    @Inject(API_CONFIG) private readonly config: ApiConfig,
  ) {}

  async create(principal: TenantPrincipal, request: CreateSession): Promise<CreatedSession> {
    const { tenantId } = principal;
    const avatarId = parseId('avt', request.avatar_id) as string;
    const [avatar, terms, running, voiceKnown] = await Promise.all([
      this.sessions.findAvatar(tenantId, avatarId),
      this.sessions.tenantTerms(tenantId),
      this.sessions.running(tenantId),
      request.voice_id ? this.sessions.voiceExists(tenantId, request.voice_id) : true,
    ]);
    if (!avatar) throw notFound('avatar');
    if (avatar.status !== 'ready') {
      throw new ProblemError('avatar_not_ready', avatar.status === 'failed' ? 'This avatar could not be prepared; GET it to see why.' : 'This avatar is still being prepared; try again when its status is "ready".');
    }
    if (!voiceKnown) throw new ProblemError('invalid_request', 'There is no such voice; GET /v1/voices lists them.', { errors: [{ path: 'voice_id', message: 'is not a voice' }] });
    if (running >= terms.concurrencyLimit) throw this.concurrencyLimit(terms.concurrencyLimit);

    const publicId = newId('ses');
    const id = parseId('ses', publicId) as string;
    const video = request.video ?? DEFAULT_VIDEO;
    const background = request.background ?? { type: 'keep' };
    const weightPixels = weightOf({ ...codedSize(video, background), fps: video.fps });
    // Before a slot is claimed: a slow address holds up nobody else.
    await this.backgrounds.fetchFor(tenantId, id, background);
    const workerId = await this.claimSlot(publicId, request, weightPixels).catch(async (error: unknown) => {
      await this.backgrounds.forget(tenantId, id, background);
      throw error;
    });
    let held = 0n;
    try {
      held = await this.ledger.placeHold(tenantId, id, firstHoldMicroCredits(terms.microCreditsPerMinute));
      if (held === 0n && terms.microCreditsPerMinute > 0n) throw new ProblemError('insufficient_credits', 'The account has no credits left; add some to start a session.');
      const ingest = await this.media.openIngest({ sessionId: publicId, epoch: 1, video: { codec: video.codec } });
      const row = await this.sessions.insert(
        {
          id,
          tenantId,
          avatarId,
          voiceId: request.voice_id ?? avatar.voice_id,
          video,
          background,
          metadata: request.metadata ?? {},
          maxDurationS: request.max_duration_s ?? DEFAULT_MAX_DURATION_S,
          idleTimeoutS: request.idle_timeout_s ?? DEFAULT_IDLE_TIMEOUT_S,
          microCreditsPerMinute: terms.microCreditsPerMinute,
          weightPixels,
          workerId,
          mediaNodeId: this.media.nodeId,
          keyId: principal.kind === 'key' ? principal.keyId : null,
        },
        terms.concurrencyLimit,
      );
      if (!row) throw this.concurrencyLimit(terms.concurrencyLimit);
      this.media.adopt({
        id: publicId,
        tenantId,
        avatarId: request.avatar_id,
        video,
        weightPixels,
        createdAtMs: row.created_at.getTime(),
        maxDurationS: row.max_duration_s,
        idleTimeoutS: row.idle_timeout_s,
        microCreditsPerMinute: terms.microCreditsPerMinute,
        workerId,
        epoch: 1,
        ingest,
        liveAtMs: null,
        viewers: 0,
        viewersLeftAtMs: 0,
        lostAtMs: null,
        lostNoticedAtMs: null,
        packetsAtHandOver: null,
        metering: { packetsAtLive: 0, flushedMs: 0, nextSlice: 0, heldMicroCredits: held, lowReported: false },
        ending: false,
      });
      await this.channel.setEpoch(publicId, 1);
      await this.dispatcher.dispatch(workerId, { session_id: publicId, epoch: 1, avatar_id: request.avatar_id });
      await this.events.append(id, 'session.started', { avatar_id: request.avatar_id });
      const { token, expiresAt } = await this.tokens.issue({ sessionId: id, tenantId, scopes: ALL_TOKEN_SCOPES, ttlS: CLIENT_TOKEN_TTL_S });
      return { ...this.view(row), client_token: token, client_token_expires_at: expiresAt.toISOString() };
    } catch (error) {
      await this.undo(publicId, id, workerId, held);
      await this.backgrounds.forget(tenantId, id, background);
      throw error;
    }
  }

  /** Nothing of a session that could not start stays behind. */
  private async undo(publicId: string, id: string, workerId: string, held: bigint): Promise<void> {
    if (await this.sessions.findAny(id).catch(() => null)) {
      await this.lifecycle.end(id, 'failed', 'monitor');
      return;
    }
    await Promise.allSettled([
      this.media.release(publicId),
      this.fleet.release(workerId, publicId, 1),
      held > 0n ? this.ledger.settle(id, 0n) : Promise.resolve(),
    ]);
  }

  private async claimSlot(publicId: string, request: CreateSession, weightPixels: number): Promise<string> {
    const deadlineMs = Date.now() + request.queue_timeout_s * 1000;
    for (;;) {
      const workerId = await this.fleet.claim({ sessionId: publicId, epoch: 1, avatarId: request.avatar_id, weightPixels });
      if (workerId) return workerId;
      if (Date.now() >= deadlineMs) throw retryLater('at_capacity', 'All workers are busy. Try again shortly, or set queue_timeout_s to wait for a free one.', 5);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  private concurrencyLimit(limit: number): ProblemError {
    return retryLater('concurrency_limit', `The account runs ${limit} sessions already, which is its limit. End one first.`, 10);
  }

  async get(tenantId: string, id: string): Promise<Session> {
    return this.view(await this.require(tenantId, id));
  }

  /** @throws ProblemError `not_found` for sessions of other tenants too. */
  async require(tenantId: string, id: string): Promise<SessionRow> {
    const row = await this.sessions.find(tenantId, id);
    if (!row) throw notFound('session');
    return row;
  }

  /** @throws ProblemError `session_ended` */
  async requireRunning(tenantId: string, id: string): Promise<SessionRow> {
    const row = await this.require(tenantId, id);
    if (row.state === 'ended') throw new ProblemError('session_ended', `This session is over (${row.end_reason ?? 'ended'}).`);
    return row;
  }

  async list(tenantId: string, limit: number, before: string | null, status: string | null): Promise<{ sessions: Session[]; nextAfter: string | null }> {
    const rows = await this.sessions.page(tenantId, limit + 1, before, status);
    const page = rows.slice(0, limit);
    return { sessions: page.map((row) => this.view(row)), nextAfter: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  async end(tenantId: string, id: string): Promise<Session> {
    await this.require(tenantId, id);
    await this.lifecycle.end(id, 'client', 'client');
    return this.get(tenantId, id);
  }

  async keepAlive(tenantId: string, id: string): Promise<Session> {
    const row = await this.requireRunning(tenantId, id);
    await this.channel.touch(formatId('ses', id));
    return this.view(row);
  }

  async issueToken(tenantId: string, id: string, scopes: readonly TokenScope[], ttlS: number) {
    await this.requireRunning(tenantId, id);
    const { token, expiresAt } = await this.tokens.issue({ sessionId: id, tenantId, scopes, ttlS });
    return { client_token: token, scopes: [...scopes], expires_at: expiresAt.toISOString() };
  }

  async availability(tenantId: string) {
    const [terms, running, freeSlots, balance] = await Promise.all([
      this.sessions.tenantTerms(tenantId),
      this.sessions.running(tenantId),
      this.fleet.freeSlots(),
      this.ledger.balance(tenantId),
    ]);
    const reason =
      freeSlots === 0
        ? ('at_capacity' as const)
        : running >= terms.concurrencyLimit
          ? ('concurrency_limit' as const)
          : balance.available === 0n && terms.microCreditsPerMinute > 0n
            ? ('insufficient_credits' as const)
            : null;
    return { available: reason === null, reason, free_slots: freeSlots };
  }

  private view(row: SessionRow): Session {
    const iceServers = this.config.media.iceServers;
    return sessionView(row, this.config.http.publicUrl, iceServers);
  }
}
