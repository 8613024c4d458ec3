import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { makeGesture, setExpression, setState, type MakeGesture, type SetExpression, type SetState } from '@visavis/contracts';
import { Access, Principal } from '../../access/access.decorator';
import type { TenantPrincipal } from '../../access/principal';
import { ApiProblems } from '../../http/api-problems.decorator';
import { Idempotent } from '../../http/idempotent.decorator';
import { PublicIdPipe } from '../../http/public-id.pipe';
import { CuesService } from './cues.service';

/** How the face looks while it speaks, listens or waits. Each answers what was taken, with what was left out filled in. */
@ApiTags('Sessions')
@Controller('v1/sessions/:id')
export class CuesController {
  constructor(private readonly cues: CuesService) {}

  @Post('expression')
  @HttpCode(202)
  @Access({ key: 'sessions:write', client: 'speak', member: 'developer' })
  @Idempotent()
  @ApiOperation({ summary: 'Set the expression', description: 'From now on, eased in, until the next one. An utterance may have its own meanwhile. `neutral` takes it back.' })
  @ApiResponse({ status: 202, standardSchema: setExpression })
  @ApiProblems(404, 409)
  async expression(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('ses')) id: string, @Body({ schema: setExpression }) body: SetExpression) {
    await this.cues.give(principal.tenantId, id, { type: 'expression', ...body });
    return body;
  }

  @Post('gesture')
  @HttpCode(202)
  @Access({ key: 'sessions:write', client: 'speak', member: 'developer' })
  @Idempotent()
  @ApiOperation({ summary: 'Make a gesture', description: 'Now and once, on top of whatever the face is doing.' })
  @ApiResponse({ status: 202, standardSchema: makeGesture })
  @ApiProblems(404, 409)
  async gesture(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('ses')) id: string, @Body({ schema: makeGesture }) body: MakeGesture) {
    await this.cues.give(principal.tenantId, id, { type: 'gesture', ...body });
    return body;
  }

  @Post('state')
  @HttpCode(202)
  @Access({ key: 'sessions:write', client: 'speak', member: 'developer' })
  @Idempotent()
  @ApiOperation({ summary: 'Show what the avatar is doing', description: '`listening` while the person speaks, `thinking` while an answer is on its way, `idle` otherwise. Until the next one; while it speaks, it speaks.' })
  @ApiResponse({ status: 202, standardSchema: setState })
  @ApiProblems(404, 409)
  async state(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('ses')) id: string, @Body({ schema: setState }) body: SetState) {
    await this.cues.give(principal.tenantId, id, { type: 'state', ...body });
    return body;
  }
}
