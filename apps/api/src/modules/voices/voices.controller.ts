import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { listOf, voice } from '@visavis/contracts';
import { notFound } from '@visavis/problems';
import { Access, Principal } from '../../access/access.decorator';
import type { TenantPrincipal } from '../../access/principal';
import { ApiProblems } from '../../http/api-problems.decorator';
import { VoicesRepository } from './voices.repository';

@ApiTags('Voices')
@Controller('v1/voices')
@Access({ key: 'sessions:read', member: 'viewer' })
export class VoicesController {
  constructor(private readonly voices: VoicesRepository) {}

  @Get()
  @ApiOperation({ summary: 'List voices', description: 'All of them on one page, by language.' })
  @ApiOkResponse({ standardSchema: listOf(voice) })
  async list(@Principal() principal: TenantPrincipal) {
    return { data: await this.voices.all(principal.tenantId), next_cursor: null };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a voice' })
  @ApiOkResponse({ standardSchema: voice })
  @ApiProblems(404)
  async get(@Principal() principal: TenantPrincipal, @Param('id') id: string) {
    const found = await this.voices.find(principal.tenantId, id);
    if (found === null) throw notFound('voice');
    return found;
  }
}
