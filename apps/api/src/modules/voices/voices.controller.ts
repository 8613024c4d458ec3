import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { listOf, voice, type Voice } from '@visavis/contracts';
import { notFound } from '@visavis/problems';
import { Access, Principal } from '../../access/access.decorator';
import type { TenantPrincipal } from '../../access/principal';
import { ApiProblems } from '../../http/api-problems.decorator';
import { VoicesRepository, type VoiceRow } from './voices.repository';

@ApiTags('Voices')
@Controller('v1/voices')
@Access({ key: 'sessions:read', member: 'viewer' })
export class VoicesController {
  constructor(private readonly voices: VoicesRepository) {}

  @Get()
  @ApiOperation({ summary: 'List voices', description: 'All of them on one page, by language.' })
  @ApiOkResponse({ standardSchema: listOf(voice) })
  async list(@Principal() principal: TenantPrincipal) {
    return { data: (await this.voices.all(principal.tenantId)).map(toVoice), next_cursor: null };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a voice' })
  @ApiOkResponse({ standardSchema: voice })
  @ApiProblems(404)
  async get(@Principal() principal: TenantPrincipal, @Param('id') id: string) {
    const row = await this.voices.find(principal.tenantId, id);
    if (row === null) throw notFound('voice');
    return toVoice(row);
  }
}

function toVoice(row: VoiceRow): Voice {
  return { id: row.id, name: row.name, language: row.language, gender: row.gender === 'female' || row.gender === 'male' ? row.gender : 'neutral', engine: row.engine };
}
