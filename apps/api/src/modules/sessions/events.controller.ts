import { Controller, Get, Headers, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SessionEvent } from '@visavis/contracts';
import { Access, Principal } from '../../access/access.decorator';
import { CredentialWatch } from '../../access/credential-watch';
import type { TenantPrincipal } from '../../access/principal';
import { ApiProblems } from '../../http/api-problems.decorator';
import { PublicIdPipe } from '../../http/public-id.pipe';
import { drained } from './drained';
import { parseInclude } from './event-include';
import { SessionEvents } from './session-events.service';
import { SessionTimings } from './session-timings.service';
import { SessionsService } from './sessions.service';

/** A reader that takes nothing for so long is gone. */
const STUCK_AFTER_MS = 60_000;
const COMMENT_EVERY_MS = 15_000;
const MAX_SEQ = 2 ** 31 - 1;
/** A reader this far behind is cut off; it comes back with Last-Event-ID. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

@ApiTags('Sessions')
@Controller('v1/sessions/:id/events')
export class EventsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly events: SessionEvents,
    private readonly timings: SessionTimings,
    private readonly credentials: CredentialWatch,
  ) {}

  @Get()
  @Access({ key: 'sessions:read', client: 'view', member: 'viewer' })
  @ApiOperation({ summary: 'Follow a session', description: 'Server-sent events from the first, or from the one after Last-Event-ID. The stream ends after session.ended. With `include=timings` it also tells, as `utterance.timings`, what is said when; these have no id of their own.' })
  @ApiProduces('text/event-stream')
  @ApiQuery({ name: 'token', required: false, description: 'A client token, where a browser cannot set headers.' })
  @ApiQuery({ name: 'last_event_id', required: false })
  @ApiQuery({ name: 'include', required: false, description: 'What to send beside the events, separated by commas: `timings`.', example: 'timings' })
  @ApiResponse({ status: 200, content: { 'text/event-stream': { schema: { type: 'string' }, example: 'id: 1\nevent: session.started\ndata: {"seq":1,…}\n\n' } } })
  @ApiProblems(404)
  async follow(
    @Principal() principal: TenantPrincipal,
    @Param('id', new PublicIdPipe('ses')) id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Query('last_event_id') lastEventIdQuery: string | undefined,
    @Query('include') includeQuery: string | string[] | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const include = parseInclude(includeQuery);
    const session = await this.sessions.require(principal.tenantId, id);
    const given = Number.parseInt(lastEventId ?? lastEventIdQuery ?? '0', 10);
    const after = Number.isFinite(given) && given > 0 ? Math.min(given, MAX_SEQ) : 0;
    if (session.state === 'ended' && (await this.events.after(principal.tenantId, id, after, 1)).length === 0) {
      // Everything was said, session.ended included. 204 tells an EventSource not to come back.
      void reply.code(204).send();
      return;
    }
    void reply.hijack();
    const stream = reply.raw;
    const headers = Object.fromEntries(Object.entries(reply.getHeaders()).filter((pair): pair is [string, string] => pair[1] !== undefined));
    stream.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    stream.write('retry: 1000\n\n');

    let stop: (() => Promise<void>) | undefined;
    let closed = false;
    const close = () => {
      if (closed) return;
      closed = true;
      clearInterval(comments);
      unwatch();
      stream.end();
      void stop?.();
    };
    const comments = setInterval(() => stream.write(': \n\n'), COMMENT_EVERY_MS);
    const unwatch = this.credentials.watch(principal, close);
    request.raw.on('close', close);
    const follower = include.has('timings') ? this.timings : this.events;
    stop = await follower.follow(principal.tenantId, id, after, (event) => {
      if (closed) return;
      const flows = stream.write(format(event));
      if (event.type === 'session.ended' || stream.writableLength > MAX_BUFFERED_BYTES) close();
      // There may be more timings than a reader can be sent at once: they wait, the events themselves don't.
      else if (!flows && event.type === 'utterance.timings') return drained(stream, STUCK_AFTER_MS).then((flowing) => (flowing ? undefined : close()));
    });
    if (closed) void stop();
  }
}

/** Without an id where the number is another event's: Last-Event-ID stays what it was. */
function format(event: SessionEvent): string {
  const id = event.type === 'utterance.timings' ? '' : `id: ${event.seq}\n`;
  return `${id}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
