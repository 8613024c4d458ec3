import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { MAX_SPEAK_BYTES } from '@visavis/contracts';
import { parseId } from '@visavis/ids';
import type { Logger } from '@visavis/logging';
import { notFound, ProblemError, PROBLEM_CONTENT_TYPE, toDocument } from '@visavis/problems';
import type { SessionChannel } from '@visavis/queue';
import { AccessService } from '../../access/access.service';
import { CredentialWatch } from '../../access/credential-watch';
import { tokenOfSubprotocol } from '../../access/credentials';
import type { TenantPrincipal } from '../../access/principal';
import { problemOf } from '../../http/problem-of';
import { requestIdOf } from '../../http/request-id';
import { LOGGER } from '../../tokens';
import { SESSION_CHANNEL } from '../dispatch/dispatch.tokens';
import { CuesService } from './cues.service';
import { parseInclude } from './event-include';
import { SessionEvents } from './session-events.service';
import { SessionSocket } from './session-socket';
import { SessionTimings } from './session-timings.service';
import { SessionsService } from './sessions.service';
import { SpeechService } from './speech.service';

const PATH = /^\/v1\/sessions\/([^/]+)\/ws$/;
const SUBPROTOCOL = 'visavis';

/** Opens /v1/sessions/:id/ws. Nest's guards don't see upgrades, so access is asked for here, by the same service. */
@Injectable()
export class SessionSocketServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_SPEAK_BYTES,
    // A browser that offers subprotocols fails unless one comes back; its own token only if it offered nothing else.
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : ([...offered].find((name) => tokenOfSubprotocol(name) === null) ?? [...offered][0] ?? false)),
  });

  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly access: AccessService,
    private readonly credentials: CredentialWatch,
    private readonly sessions: SessionsService,
    private readonly speech: SpeechService,
    private readonly cues: CuesService,
    private readonly events: SessionEvents,
    private readonly timings: SessionTimings,
    @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const fastify = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    fastify.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.upgrade(request, socket, head);
    });
  }

  beforeApplicationShutdown(): void {
    for (const client of this.server.clients) client.close(1001, 'The server is stopping; connect again.');
    this.server.close();
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    try {
      const match = PATH.exec((request.url ?? '').split('?', 1)[0] ?? '');
      if (!match) throw notFound('WebSocket');
      const id = parseId('ses', match[1] ?? '');
      if (!id) throw notFound('session');
      const source = { method: 'GET', url: request.url ?? '', ip: request.socket.remoteAddress ?? '', headers: request.headers };
      // Watching is the least; what a command needs is checked when it comes.
      const { principal } = await this.access.authorize(source, { key: 'sessions:read', client: 'view', member: 'viewer' }, match[1]);
      const tenant = principal as TenantPrincipal;
      const include = parseInclude(new URLSearchParams((request.url ?? '').split('?')[1] ?? '').getAll('include'));
      await this.sessions.requireRunning(tenant.tenantId, id);
      this.server.handleUpgrade(request, socket, head, (ws) => {
        ws.on('close', this.credentials.watch(tenant, () => ws.close(1008, 'The credentials of this connection count no more.')));
        new SessionSocket(ws, { principal: tenant, sessionId: id, sessions: this.sessions, speech: this.speech, cues: this.cues, events: include.has('timings') ? this.timings : this.events, channel: this.channel, logger: this.logger }).open();
      });
    } catch (error) {
      refuse(socket, problemOf(error), requestIdOf(request));
    }
  }
}

function refuse(socket: Duplex, problem: ProblemError, requestId: string): void {
  const body = JSON.stringify(toDocument(problem, requestId));
  const headers = Object.entries({ ...problem.headers, 'content-type': PROBLEM_CONTENT_TYPE, 'content-length': String(Buffer.byteLength(body)), connection: 'close', 'x-request-id': requestId });
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}\r\n${headers.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${body}`);
}
