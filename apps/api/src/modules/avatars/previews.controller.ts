import { Controller, Get, Param, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { notFound, ProblemError } from '@visavis/problems';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../access/access.decorator';
import { AccessService } from '../../access/access.service';
import type { TenantPrincipal } from '../../access/principal';
import { ApiProblems } from '../../http/api-problems.decorator';
import { PublicIdPipe } from '../../http/public-id.pipe';
import { AvatarsService } from './avatars.service';
import { PreparationRepository } from './preparation.repository';
import { PreviewLinks } from './preview-links';

const MAX_AGE_S = 3600;

/** Preview pictures: by the signed address that an avatar carries, or with credentials like any other route. */
@ApiTags('Avatars')
@Controller('v1/avatars/:id/preview')
export class PreviewsController {
  constructor(
    private readonly avatars: AvatarsService,
    private readonly preparations: PreparationRepository,
    private readonly links: PreviewLinks,
    private readonly access: AccessService,
  ) {}

  @Get()
  @Access({ public: true })
  @ApiOperation({ summary: 'The preview picture', description: 'Take the address from `preview_url`: its signature stands in for credentials, so that an `<img>` can show it.' })
  @ApiQuery({ name: 'expires', required: false })
  @ApiQuery({ name: 'signature', required: false })
  @ApiProduces('image/jpeg')
  @ApiResponse({ status: 200, content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } } })
  @ApiProblems(403, 404)
  async show(
    @Param('id', new PublicIdPipe('avt')) id: string,
    @Query('expires') expires: string | undefined,
    @Query('signature') signature: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const tenantId = await this.#tenantOf(id, expires, signature, request);
    const preview = await this.avatars.preview(tenantId, id);
    // A dashboard of another origin may show it; nothing else of this API may be embedded.
    void reply.headers({ 'cache-control': `private, max-age=${MAX_AGE_S}`, 'cross-origin-resource-policy': 'cross-origin' });
    if (preview.etag !== undefined) void reply.header('etag', preview.etag);
    return new StreamableFile(preview.body, { type: 'image/jpeg', length: preview.sizeBytes });
  }

  async #tenantOf(id: string, expires: string | undefined, signature: string | undefined, request: FastifyRequest): Promise<string> {
    if (signature === undefined) {
      const { principal } = await this.access.authorize(request, { key: 'avatars:read', member: 'viewer' });
      return (principal as TenantPrincipal).tenantId;
    }
    const verdict = this.links.check(id, Number(expires), signature);
    if (verdict === 'expired') throw new ProblemError('forbidden', 'This address has expired; read the avatar again for a new one.');
    const tenantId = verdict === 'valid' ? await this.preparations.tenantOf(id) : null;
    if (tenantId === null) throw notFound('preview');
    return tenantId;
  }
}
