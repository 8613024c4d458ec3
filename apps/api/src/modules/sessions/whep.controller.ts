import { Body, Controller, Delete, Headers, HttpCode, Options, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IceServer } from '@visavis/contracts';
import { formatId } from '@visavis/ids';
import { notFound, ProblemError } from '@visavis/problems';
import { Access, Principal } from '../../access/access.decorator';
import type { TenantPrincipal } from '../../access/principal';
import { ApiProblems } from '../../http/api-problems.decorator';
import { PublicIdPipe } from '../../http/public-id.pipe';
import { MediaHost } from '../media/media-host.service';
import { withMediaProblems } from './media-problem';
import { SessionsService } from './sessions.service';

const SDP = 'application/sdp';
const SDP_FRAGMENT = 'application/trickle-ice-sdpfrag';

/** WebRTC-HTTP Egress Protocol (draft-ietf-wish-whep): any WHEP player can watch a session. */
@ApiTags('WHEP')
@Controller('v1/sessions/:id/whep')
export class WhepController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly media: MediaHost,
  ) {}

  @Options()
  @HttpCode(204)
  @Access({ public: true })
  @ApiOperation({ summary: 'What a WHEP player may send' })
  options(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.headers({ 'accept-post': SDP, allow: 'OPTIONS, POST' });
  }

  @Post()
  @HttpCode(201)
  @Access({ key: 'sessions:read', client: 'view', member: 'viewer' })
  @ApiOperation({ summary: 'Watch a session', description: 'Takes an SDP offer, answers with the SDP answer. Location names the viewer.' })
  @ApiConsumes(SDP)
  @ApiProduces(SDP)
  @ApiBody({ schema: { type: 'string', example: 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n…' } })
  @ApiResponse({ status: 201, description: 'The SDP answer', content: { [SDP]: { schema: { type: 'string' } } } })
  @ApiProblems(404, 406, 409, 415, 422, 503)
  async watch(
    @Principal() principal: TenantPrincipal,
    @Param('id', new PublicIdPipe('ses')) id: string,
    @Headers('content-type') contentType: string | undefined,
    @Body() offer: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    requireType(contentType, SDP);
    await this.sessions.requireRunning(principal.tenantId, id);
    const publicId = formatId('ses', id);
    const answer = await withMediaProblems(this.media.answerViewer(publicId, textOf(offer)));
    void reply.headers({
      'content-type': SDP,
      location: `/v1/sessions/${publicId}/whep/${answer.viewerId}`,
      etag: answer.etag,
      'accept-patch': SDP_FRAGMENT,
    });
    const links = this.media.iceServers.flatMap((server) => iceServerLinks({ ...server, urls: [server.urls].flat() }));
    if (links.length > 0) void reply.header('link', links);
    return answer.answerSdp;
  }

  @Options(':viewer')
  @HttpCode(204)
  @Access({ public: true })
  @ApiOperation({ summary: 'What a viewer may send' })
  viewerOptions(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.headers({ 'accept-patch': SDP_FRAGMENT, allow: 'OPTIONS, PATCH, DELETE' });
  }

  @Patch(':viewer')
  @Access({ key: 'sessions:read', client: 'view', member: 'viewer' })
  @ApiOperation({ summary: 'Trickle candidates or restart ICE' })
  @ApiConsumes(SDP_FRAGMENT)
  @ApiBody({ schema: { type: 'string' } })
  @ApiResponse({ status: 204, description: 'Candidates were read' })
  @ApiResponse({ status: 200, description: 'ICE was restarted', content: { [SDP_FRAGMENT]: { schema: { type: 'string' } } } })
  @ApiProblems(404, 412, 415, 422)
  async patch(
    @Principal() principal: TenantPrincipal,
    @Param('id', new PublicIdPipe('ses')) id: string,
    @Param('viewer') viewer: string,
    @Headers('content-type') contentType: string | undefined,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() fragment: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    requireType(contentType, SDP_FRAGMENT);
    await this.sessions.requireRunning(principal.tenantId, id);
    const result = await withMediaProblems(this.media.patchViewer(formatId('ses', id), viewer, textOf(fragment), ifMatch));
    if (result.kind === 'trickle') {
      void reply.code(204);
      return undefined;
    }
    void reply.headers({ 'content-type': SDP_FRAGMENT, etag: result.etag });
    return result.fragment;
  }

  @Delete(':viewer')
  @HttpCode(200)
  @Access({ key: 'sessions:read', client: 'view', member: 'viewer' })
  @ApiOperation({ summary: 'Stop watching' })
  @ApiProblems(404)
  async leave(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('ses')) id: string, @Param('viewer') viewer: string, @Req() _request: FastifyRequest): Promise<void> {
    await this.sessions.require(principal.tenantId, id);
    if (!(await this.media.closeViewer(formatId('ses', id), viewer))) throw notFound('viewer');
  }
}

function requireType(contentType: string | undefined, wanted: string): void {
  if (contentType?.split(';', 1)[0]?.trim().toLowerCase() !== wanted) throw new ProblemError('unsupported_media_type', `Send the body as ${wanted}.`);
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : Buffer.isBuffer(body) ? body.toString('utf8') : '';
}

/** RFC 8288 links, one per address, as the WHEP draft says. */
function iceServerLinks({ urls, username, credential }: IceServer): string[] {
  const secret = username === undefined ? '' : `; username=${quoted(username)}; credential=${quoted(credential ?? '')}; credential-type="password"`;
  return urls.map((url) => `<${url}>; rel="ice-server"${secret}`);
}

/** RFC 9110 quoted-string; what may not stand in a header is left out. */
function quoted(value: string): string {
  return `"${value.replace(/[\u0000-\u001f\u007f]/g, '').replace(/["\\]/g, '\\$&')}"`;
}
