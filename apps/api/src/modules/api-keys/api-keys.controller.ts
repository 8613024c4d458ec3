import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { apiKey, createApiKey, createdApiKey, keyScope, listOf, listQuery, type ApiKey, type ListQuery } from '@visavis/contracts';
import { formatId } from '@visavis/ids';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Access, Principal } from '../../access/access.decorator';
import type { TenantPrincipal } from '../../access/principal';
import { ApiProblems } from '../../http/api-problems.decorator';
import { Idempotent } from '../../http/idempotent.decorator';
import { ListCursors } from '../../http/list-cursors.service';
import { PublicIdPipe } from '../../http/public-id.pipe';
import type { ApiKeyRow } from './api-keys.repository';
import { ApiKeysService } from './api-keys.service';

const LIST = 'api-keys';

@ApiTags('API keys')
@Controller('v1/api-keys')
@Access({ key: 'keys:write', member: 'admin' })
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly cursors: ListCursors,
  ) {}

  @Post()
  @Idempotent()
  @ApiOperation({ summary: 'Make an API key', description: 'The key itself is in this answer and nowhere else: only its hash is stored. A key can give no scope that it lacks.' })
  @ApiCreatedResponse({ standardSchema: createdApiKey })
  @ApiProblems(409, 422)
  async create(@Principal() principal: TenantPrincipal, @Body({ schema: createApiKey }) body: z.infer<typeof createApiKey>, @Res({ passthrough: true }) reply: FastifyReply) {
    const { row, key } = await this.keys.create(principal, body);
    const view = toApiKey(row);
    void reply.header('location', `/v1/api-keys/${view.id}`).header('cache-control', 'no-store');
    return { ...view, key };
  }

  @Get()
  @ApiOperation({ summary: 'List API keys, newest first', description: 'Revoked ones stay in the list, so that old logs can be read.' })
  @ApiOkResponse({ standardSchema: listOf(apiKey) })
  async list(@Principal() principal: TenantPrincipal, @Query({ schema: listQuery }) query: ListQuery) {
    const { rows, nextAfter } = await this.keys.list(principal.tenantId, query.limit, this.cursors.read(query.cursor, LIST));
    return { data: rows.map(toApiKey), next_cursor: this.cursors.write(nextAfter, LIST) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read an API key' })
  @ApiOkResponse({ standardSchema: apiKey })
  @ApiProblems(404)
  async get(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('key')) id: string) {
    return toApiKey(await this.keys.get(principal.tenantId, id));
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Revoke an API key', description: 'Effective at once and everywhere. Doing it again changes nothing.' })
  @ApiOkResponse({ standardSchema: apiKey })
  @ApiProblems(404)
  async revoke(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('key')) id: string) {
    return toApiKey(await this.keys.revoke(principal.tenantId, id));
  }
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: formatId('key', row.id),
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes.flatMap((scope) => keyScope.safeParse(scope).data ?? []),
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    revoked_at: row.revoked_at?.toISOString() ?? null,
  };
}
