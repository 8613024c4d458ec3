import { Controller, Get, Headers, Inject, Param, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { notFound, ProblemError } from '@visavis/problems';
import type { Storage } from '@visavis/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../access/access.decorator';
import { AccessService } from '../../access/access.service';
import type { TenantPrincipal } from '../../access/principal';
import { ApiProblems } from '../../http/api-problems.decorator';
import { PublicIdPipe } from '../../http/public-id.pipe';
import { STORAGE } from '../../tokens';
import { previewKeyOf } from './avatar-view';
import { AvatarsService } from './avatars.service';
import { parseRange } from './byte-range';
import { PreparationRepository, type PreviewKeys } from './preparation.repository';
import { PreviewLinks } from './preview-links';

const MAX_AGE_S = 3600;
const ABOUT_SIGNATURES = 'its signature stands in for credentials, so that a page can show it.';

/** Preview pictures and clips: by the signed address that an avatar carries, or with credentials like any other route. */
@ApiTags('Avatars')
@Controller('v1/avatars/:id')
export class PreviewsController {
  constructor(
    private readonly avatars: AvatarsService,
    private readonly preparations: PreparationRepository,
    private readonly links: PreviewLinks,
    private readonly access: AccessService,
    @Inject(STORAGE) private readonly storage: Storage,
  ) {}

  @Get('preview')
  @Access({ public: true })
  @ApiOperation({ summary: 'The preview picture', description: `Take the address from \`preview_url\`: ${ABOUT_SIGNATURES}` })
  @ApiQuery({ name: 'expires', required: false })
  @ApiQuery({ name: 'signature', required: false })
  @ApiProduces('image/jpeg')
  @ApiResponse({ status: 200, content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } } })
  @ApiProblems(403, 404)
  async picture(
    @Param('id', new PublicIdPipe('avt')) id: string,
    @Query('expires') expires: string | undefined,
    @Query('signature') signature: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const key = previewKeyOf(await this.#keysOf(id, expires, signature, request));
    const object = key === null ? null : await this.storage.get(key);
    if (object === null) throw notFound('preview');
    this.#mayBeShown(reply, object.etag);
    return new StreamableFile(object.body, { type: object.contentType ?? 'image/jpeg', length: object.sizeBytes });
  }

  @Get('preview-video')
  @Access({ public: true })
  @ApiOperation({ summary: 'The moving preview', description: `Take the address from \`preview_video_url\`: ${ABOUT_SIGNATURES}` })
  @ApiQuery({ name: 'expires', required: false })
  @ApiQuery({ name: 'signature', required: false })
  @ApiProduces('video/mp4')
  @ApiResponse({ status: 200, content: { 'video/mp4': { schema: { type: 'string', format: 'binary' } } } })
  @ApiResponse({ status: 206, description: 'The part that a `Range` header asked for.' })
  @ApiResponse({ status: 416, description: 'The file ends before the part that was asked for.' })
  @ApiProblems(403, 404)
  async video(
    @Param('id', new PublicIdPipe('avt')) id: string,
    @Query('expires') expires: string | undefined,
    @Query('signature') signature: string | undefined,
    @Headers('range') rangeHeader: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const { preview_video_key } = await this.#keysOf(id, expires, signature, request);
    const info = preview_video_key === null ? null : await this.storage.head(preview_video_key);
    if (preview_video_key === null || info === null) throw notFound('preview');
    // Safari plays nothing that can't be asked for in parts.
    const range = parseRange(rangeHeader, info.sizeBytes);
    if (range === 'unsatisfiable') {
      void reply.code(416).header('content-range', `bytes */${info.sizeBytes}`);
      return undefined;
    }
    const object = await this.storage.get(preview_video_key, range ?? undefined);
    if (object === null) throw notFound('preview');
    this.#mayBeShown(reply, info.etag);
    void reply.header('accept-ranges', 'bytes');
    if (range !== null) void reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${info.sizeBytes}`);
    return new StreamableFile(object.body, { type: info.contentType ?? 'video/mp4', length: object.sizeBytes });
  }

  /** A dashboard of another origin may show it; nothing else of this API may be embedded. */
  #mayBeShown(reply: FastifyReply, etag: string | undefined): void {
    void reply.headers({ 'cache-control': `private, max-age=${MAX_AGE_S}`, 'cross-origin-resource-policy': 'cross-origin' });
    if (etag !== undefined) void reply.header('etag', etag);
  }

  async #keysOf(id: string, expires: string | undefined, signature: string | undefined, request: FastifyRequest): Promise<PreviewKeys> {
    if (signature === undefined) {
      const { principal } = await this.access.authorize(request, { key: 'avatars:read', member: 'viewer' });
      return this.avatars.previews((principal as TenantPrincipal).tenantId, id);
    }
    const verdict = this.links.check(id, Number(expires), signature);
    if (verdict === 'expired') throw new ProblemError('forbidden', 'This address has expired; read the avatar again for a new one.');
    const keys = verdict === 'valid' ? await this.preparations.previews(id) : null;
    if (keys === null) throw notFound('preview');
    return keys;
  }
}
