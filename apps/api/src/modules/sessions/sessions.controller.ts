import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  availability,
  clientToken,
  createdSession,
  createSession,
  createToken,
  interrupted,
  listOf,
  listQuery,
  MAX_SPEAK_BYTES,
  session,
  sessionStatus,
  speak,
  spoken,
  type CreateSession,
  type Speak,
  type TokenScope,
} from '@visavis/contracts';
import { Access, Principal } from '../../access/access.decorator';
import type { TenantPrincipal } from '../../access/principal';
import { ListCursors } from '../../http/list-cursors.service';
import { Idempotent } from '../../http/idempotent.decorator';
import { ApiProblems } from '../../http/api-problems.decorator';
import { PublicIdPipe } from '../../http/public-id.pipe';
import { SessionsService } from './sessions.service';
import { SpeechService } from './speech.service';

const sessionsQuery = listQuery.extend({ status: sessionStatus.optional() });

@ApiTags('Sessions')
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly speech: SpeechService,
    private readonly cursors: ListCursors,
  ) {}

  @Post()
  @Access({ key: 'sessions:write', member: 'developer' })
  @Idempotent()
  @ApiOperation({ summary: 'Start a session', description: 'Claims a slot on a worker at once, or answers 503. Nothing is billed before a viewer saw the first frame.' })
  @ApiCreatedResponse({ standardSchema: createdSession })
  @ApiProblems(402, 409, 429, 503)
  async create(@Principal() principal: TenantPrincipal, @Body({ schema: createSession }) body: CreateSession, @Res({ passthrough: true }) reply: FastifyReply) {
    const created = await this.sessions.create(principal, body);
    void reply.header('location', `/v1/sessions/${created.id}`);
    return created;
  }

  @Get()
  @Access({ key: 'sessions:read', member: 'viewer' })
  @ApiOperation({ summary: 'List sessions, newest first' })
  @ApiOkResponse({ standardSchema: listOf(session) })
  async list(@Principal() principal: TenantPrincipal, @Query({ schema: sessionsQuery }) query: z.infer<typeof sessionsQuery>) {
    const before = this.cursors.read(query.cursor, 'sessions');
    const { sessions, nextAfter } = await this.sessions.list(principal.tenantId, query.limit, before, query.status ?? null);
    return { data: sessions, next_cursor: this.cursors.write(nextAfter, 'sessions') };
  }

  @Get('availability')
  @Access({ key: 'sessions:read', member: 'viewer' })
  @ApiOperation({ summary: 'Whether a session could start now' })
  @ApiOkResponse({ standardSchema: availability })
  availability(@Principal() principal: TenantPrincipal) {
    return this.sessions.availability(principal.tenantId);
  }

  @Get(':id')
  @Access({ key: 'sessions:read', client: 'view', member: 'viewer' })
  @ApiOperation({ summary: 'Read a session' })
  @ApiOkResponse({ standardSchema: session })
  @ApiProblems(404)
  get(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('ses')) id: string) {
    return this.sessions.get(principal.tenantId, id);
  }

  @Delete(':id')
  @HttpCode(200)
  @Access({ key: 'sessions:write', client: 'control', member: 'developer' })
  @ApiOperation({ summary: 'End a session', description: 'Answers with its final usage. Ending it again answers the same.' })
  @ApiOkResponse({ standardSchema: session })
  @ApiProblems(404)
  end(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('ses')) id: string) {
    return this.sessions.end(principal.tenantId, id);
  }

  @Post(':id/speak')
  @HttpCode(202)
  @RouteConfig({ bodyLimitBytes: MAX_SPEAK_BYTES })
  @Access({ key: 'sessions:write', client: 'speak', member: 'developer' })
  @Idempotent()
  @ApiOperation({ summary: 'Say something', description: 'Queued behind what is being said. Exactly one utterance.ended event follows.' })
  @ApiResponse({ status: 202, standardSchema: spoken })
  @ApiProblems(404, 409, 413)
  async speak(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('ses')) id: string, @Body({ schema: speak }) body: Speak) {
    return { utterance_id: await this.speech.speak(principal.tenantId, id, body) };
  }

  @Post(':id/interrupt')
  @HttpCode(200)
  @Access({ key: 'sessions:write', client: 'speak', member: 'developer' })
  @Idempotent()
  @ApiOperation({ summary: 'Stop talking', description: 'Ends what is being said and forgets what waits.' })
  @ApiOkResponse({ standardSchema: interrupted })
  @ApiProblems(404, 409)
  async interrupt(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('ses')) id: string) {
    return { interrupted: await this.speech.interrupt(principal.tenantId, id) };
  }

  @Post(':id/keep-alive')
  @HttpCode(200)
  @Access({ key: 'sessions:write', client: 'control', member: 'developer' })
  @Idempotent()
  @ApiOperation({ summary: 'Put off the idle timeout' })
  @ApiOkResponse({ standardSchema: session })
  @ApiProblems(404, 409)
  keepAlive(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('ses')) id: string) {
    return this.sessions.keepAlive(principal.tenantId, id);
  }

  @Post(':id/tokens')
  @Access({ key: 'sessions:write', member: 'developer' })
  @Idempotent()
  @ApiOperation({ summary: 'Make a client token', description: 'For a page: bound to this session, with fewer scopes or another life.' })
  @ApiCreatedResponse({ standardSchema: clientToken })
  @ApiProblems(404, 409)
  createToken(
    @Principal() principal: TenantPrincipal,
    @Param('id', new PublicIdPipe('ses')) id: string,
    @Body({ schema: createToken.prefault({}) }) body: { scopes: TokenScope[]; expires_in_s: number },
  ) {
    return this.sessions.issueToken(principal.tenantId, id, body.scopes, body.expires_in_s);
  }
}
