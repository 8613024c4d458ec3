import type { WebSocket } from 'ws';
import { socketCommand, speak, STREAM_BUFFER_MS, STREAM_BUFFER_WARN_MS, type Cue, type KeyScope, type MemberRole, type SocketCommand, type TokenScope } from '@visavis/contracts';
import { formatId } from '@visavis/ids';
import type { Logger } from '@visavis/logging';
import { ProblemError, toDocument, toIssues } from '@visavis/problems';
import type { SessionChannel } from '@visavis/queue';
import { roleReaches, type TenantPrincipal } from '../../access/principal';
import { problemOf } from '../../http/problem-of';
import type { CuesService } from './cues.service';
import type { SessionEvents } from './session-events.service';
import type { SessionTimings } from './session-timings.service';
import type { SessionsService } from './sessions.service';
import type { SpeechService } from './speech.service';

interface Parts {
  principal: TenantPrincipal;
  /** Bare UUID. */
  sessionId: string;
  sessions: SessionsService;
  speech: SpeechService;
  cues: CuesService;
  /** With or without what the client asked for beside the events. */
  events: SessionEvents | SessionTimings;
  channel: SessionChannel;
  logger: Logger;
}

interface Stream {
  utteranceId: string;
  sampleRateHz: number;
  receivedMs: number;
  warned: boolean;
}

const PING_EVERY_MS = 20_000;
const POSITION_MAX_AGE_MS = 500;
const TOUCH_EVERY_MS = 1000;
/** Some seconds of samples. */
const MAX_SAMPLES_BYTES = 1024 * 1024;

/** One WebSocket of a session: events out, commands and streamed samples in, handled strictly in the order they came. */
export class SessionSocket {
  private stream: Stream | null = null;
  private queue: Promise<void> = Promise.resolve();
  private waitingFrames = 0;
  private played = { ms: 0, readAtMs: 0 };
  private alive = true;
  private touchedAtMs = 0;

  constructor(
    private readonly ws: WebSocket,
    private readonly parts: Parts,
  ) {}

  open(): void {
    const { events, principal, sessionId } = this.parts;
    const following = events.follow(principal.tenantId, sessionId, 0, (event) => {
      this.send(event);
      // Somebody else interrupted what is being streamed here, or it broke: later samples are for nothing, and the client hears so.
      if (event.type === 'utterance.ended' && event.data['utterance_id'] === this.stream?.utteranceId) this.stream = null;
      if (event.type === 'session.ended') this.ws.close(1000, 'The session is over.');
    });
    following.catch(() => this.ws.close(1011, 'The events could not be read; connect again.'));
    const ping = setInterval(() => {
      if (!this.alive) return this.ws.terminate();
      this.alive = false;
      this.ws.ping();
    }, PING_EVERY_MS);
    this.ws.on('pong', () => (this.alive = true));
    this.ws.on('error', () => this.ws.terminate());
    this.ws.on('close', () => {
      clearInterval(ping);
      void following.then((stop) => stop()).catch(() => undefined);
      // A page that goes away in mid-stream has said all it will.
      if (this.stream) void this.parts.speech.endStream(sessionId, this.stream.utteranceId).catch(() => undefined);
    });
    this.ws.on('message', (data: Buffer, isBinary: boolean) => {
      // Bounded: a client that sends faster than we store is told to stop reading further.
      if (++this.waitingFrames > 256) this.ws.pause();
      this.queue = this.queue
        .then(() => (isBinary ? this.samples(data) : this.command(data.toString('utf8'))))
        .catch((error: unknown) => this.problem(error))
        .finally(() => {
          if (--this.waitingFrames < 64 && this.ws.isPaused) this.ws.resume();
        });
    });
  }

  private async command(text: string): Promise<void> {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      throw new ProblemError('invalid_request', 'A text frame must be JSON, for instance {"type":"interrupt"}.');
    }
    const parsed = socketCommand.safeParse(json);
    if (!parsed.success) {
      const errors = toIssues(parsed.error.issues);
      const known = COMMANDS.some((type) => type === (json as { type?: unknown } | null)?.type);
      const detail = known ? `${errors[0]?.path ?? ''} ${errors[0]?.message ?? 'is not valid'}`.trim() : `This is no command: "type" is one of ${COMMANDS.join(', ')}.`;
      return this.problem(new ProblemError('invalid_request', detail, { errors }), requestIdOf(json));
    }
    const command = parsed.data;
    const requestId = 'request_id' in command ? command.request_id : undefined;
    try {
      await this.run(command);
    } catch (error) {
      this.problem(error, requestId);
    }
  }

  private async run(command: SocketCommand): Promise<void> {
    const { principal, sessionId, sessions, speech } = this.parts;
    const { tenantId } = principal;
    switch (command.type) {
      case 'speak': {
        this.require('speak');
        const { type: _type, request_id, ...rest } = command;
        const body = speak.safeParse(rest);
        if (!body.success) {
          const errors = toIssues(body.error.issues);
          throw new ProblemError('invalid_request', `${errors[0]?.path ?? ''} ${errors[0]?.message ?? 'is not valid'}`.trim(), { errors });
        }
        this.reply('speak.queued', request_id, { utterance_id: await speech.speak(tenantId, sessionId, body.data) });
        return;
      }
      case 'speak.start': {
        this.require('speak');
        if (this.stream) throw new ProblemError('conflict', 'End the utterance that is being streamed with speak.end before you start another.');
        const utteranceId = await speech.startStream(tenantId, sessionId, command.sample_rate, command.utterance_id);
        this.stream = { utteranceId, sampleRateHz: command.sample_rate, receivedMs: 0, warned: false };
        this.played = { ms: 0, readAtMs: 0 };
        this.reply('speak.queued', command.request_id, { utterance_id: utteranceId });
        return;
      }
      case 'speak.end':
        if (!this.stream) throw new ProblemError('conflict', 'No utterance is being streamed; start one with speak.start.');
        if (command.utterance_id !== undefined && command.utterance_id !== this.stream.utteranceId) {
          throw new ProblemError('conflict', `What is being streamed is ${this.stream.utteranceId}.`);
        }
        await speech.endStream(sessionId, this.stream.utteranceId);
        this.stream = null;
        return;
      case 'interrupt':
        this.require('speak');
        // What is being streamed is interrupted too: later samples of it are for nothing.
        this.stream = null;
        this.reply('interrupted', command.request_id, { interrupted: await speech.interrupt(tenantId, sessionId) });
        return;
      case 'expression':
        return this.cue(command.request_id, { type: 'expression', expression: command.expression, strength: command.strength });
      case 'gesture':
        return this.cue(command.request_id, { type: 'gesture', gesture: command.gesture });
      case 'state':
        return this.cue(command.request_id, { type: 'state', state: command.state });
      case 'keep_alive':
        this.require('control');
        await sessions.keepAlive(tenantId, sessionId);
    }
  }

  private async cue(requestId: string | undefined, cue: Cue): Promise<void> {
    this.require('speak');
    await this.parts.cues.give(this.parts.principal.tenantId, this.parts.sessionId, cue);
    this.reply('cue.accepted', requestId, {});
  }

  private async samples(pcm: Buffer): Promise<void> {
    const { stream } = this;
    if (!stream) throw new ProblemError('conflict', 'Samples came without an utterance; send speak.start first.');
    if (pcm.byteLength > MAX_SAMPLES_BYTES) throw new ProblemError('payload_too_large', `A binary frame may have ${MAX_SAMPLES_BYTES / 1024} KiB at most; send smaller ones.`);
    if (pcm.byteLength % 2 !== 0) throw new ProblemError('invalid_request', 'A binary frame must hold whole 16-bit samples.');
    const frameMs = (pcm.byteLength / 2 / stream.sampleRateHz) * 1000;
    const bufferedMs = stream.receivedMs + frameMs - (await this.playedMs(stream));
    if (bufferedMs > STREAM_BUFFER_MS) {
      throw new ProblemError('buffer_full', `${STREAM_BUFFER_MS / 1000} s wait to be said already; these samples were dropped. Send them again when the buffer has room.`);
    }
    if (bufferedMs > STREAM_BUFFER_WARN_MS && !stream.warned) {
      stream.warned = true;
      this.send({ type: 'buffer.high', utterance_id: stream.utteranceId, buffered_ms: Math.round(bufferedMs), max_ms: STREAM_BUFFER_MS });
    } else if (bufferedMs < STREAM_BUFFER_WARN_MS / 2) stream.warned = false;
    stream.receivedMs += frameMs;
    await this.touch();
    await this.parts.speech.appendStream(this.parts.sessionId, stream.utteranceId, pcm);
  }

  /** Samples are use of the session, too. */
  private async touch(): Promise<void> {
    const nowMs = Date.now();
    if (nowMs - this.touchedAtMs < TOUCH_EVERY_MS) return;
    this.touchedAtMs = nowMs;
    await this.parts.channel.touch(formatId('ses', this.parts.sessionId));
  }

  private async playedMs(stream: Stream): Promise<number> {
    const nowMs = Date.now();
    if (nowMs - this.played.readAtMs > POSITION_MAX_AGE_MS) {
      const positions = await this.parts.channel.positions(formatId('ses', this.parts.sessionId));
      this.played = { ms: positions.get(stream.utteranceId) ?? this.played.ms, readAtMs: nowMs };
    }
    return this.played.ms;
  }

  private require(scope: Exclude<TokenScope, 'view'>): void {
    const { principal } = this.parts;
    const allowed =
      principal.kind === 'client'
        ? principal.scopes.includes(scope) && principal.expiresAt.getTime() > Date.now()
        : principal.kind === 'key'
          ? principal.scopes.includes('sessions:write' satisfies KeyScope)
          : roleReaches(principal.role, 'developer' satisfies MemberRole);
    if (!allowed) throw new ProblemError('insufficient_scope', `This connection may not ${scope}: its token lacks the scope or has expired.`);
  }

  private reply(type: string, requestId: string | undefined, body: Record<string, unknown>): void {
    this.send({ type, ...(requestId === undefined ? {} : { request_id: requestId }), ...body });
  }

  private problem(error: unknown, requestId?: string): void {
    const problem = problemOf(error);
    if (problem.status >= 500) this.parts.logger.error({ error: problem.cause ?? problem, code: problem.code }, 'a WebSocket command failed');
    this.send({ type: 'error', ...(requestId === undefined ? {} : { request_id: requestId }), problem: toDocument(problem, requestId ?? '') });
  }

  private send(message: object): void {
    if (this.ws.readyState === this.ws.OPEN) this.ws.send(JSON.stringify(message));
  }
}

const COMMANDS = ['speak', 'speak.start', 'speak.end', 'interrupt', 'expression', 'gesture', 'state', 'keep_alive'] as const satisfies readonly SocketCommand['type'][];

/** Of a frame that is no valid command, so that its sender knows which one was refused. */
function requestIdOf(json: unknown): string | undefined {
  const id = typeof json === 'object' && json !== null && 'request_id' in json ? json.request_id : undefined;
  return typeof id === 'string' && id.length <= 64 ? id : undefined;
}
