import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { avatar, avatarsQuery, avatarUpload, createAvatarUpload, listOf, updateAvatar, type AvatarsQuery } from '@visavis/contracts';
import { ProblemError, toIssues } from '@visavis/problems';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, Principal } from '../../access/access.decorator';
import type { TenantPrincipal } from '../../access/principal';
import { ApiProblems } from '../../http/api-problems.decorator';
import { Idempotent } from '../../http/idempotent.decorator';
import { ListCursors } from '../../http/list-cursors.service';
import { PublicIdPipe } from '../../http/public-id.pipe';
import { AvatarFormInterceptor } from './avatar-form.interceptor';
import { UploadedFile } from './avatar-upload';
import { AvatarsService } from './avatars.service';

const LIST = 'avatars';
const FORM = {
  type: 'object' as const,
  properties: {
    image: { type: 'string' as const, format: 'binary', description: 'A portrait: JPEG, PNG, WebP or AVIF, up to 20 MB.' },
    video: {
      type: 'string' as const,
      format: 'binary',
      description: 'Or a clip: 5 seconds to 2 minutes of one person who talks and pauses, facing the camera, with nothing before the face; MP4, MOV, WebM, MKV, AVI or MPEG, up to 200 MB.',
    },
    name: { type: 'string' as const, maxLength: 100, description: 'Left out, the name of the file.' },
  },
};

@ApiTags('Avatars')
@Controller('v1/avatars')
export class AvatarsController {
  constructor(
    private readonly avatars: AvatarsService,
    private readonly cursors: ListCursors,
  ) {}

  @Post()
  @Access({ key: 'avatars:write', member: 'developer' })
  @Idempotent()
  // Decorators run from the bottom up, so the form is read before the idempotency key looks at the body.
  @UseInterceptors(AvatarFormInterceptor)
  @ApiOperation({
    summary: 'Make an avatar from a portrait or a clip',
    description:
      'Send one file as a form, or JSON to get an address to upload it to (then call complete). A worker prepares it, a portrait in seconds, a clip in minutes: `progress` and `progress_step` say how far it is. Poll until its status is `ready` or `failed`.',
  })
  @ApiConsumes('multipart/form-data', 'application/json')
  @ApiBody({ schema: FORM })
  @ApiCreatedResponse({ standardSchema: z.union([avatar, avatarUpload]) })
  @ApiProblems(409, 413, 415, 422)
  async create(@Principal() principal: TenantPrincipal, @Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply) {
    if (body instanceof UploadedFile) {
      const created = await this.avatars.createFromFile(principal.tenantId, body);
      void reply.header('location', `/v1/avatars/${created.id}`);
      return created;
    }
    const created = await this.avatars.createForUpload(principal.tenantId, parseOrder(body));
    void reply.header('location', `/v1/avatars/${created.avatar.id}`);
    return created;
  }

  @Post(':id/complete')
  @HttpCode(200)
  @Access({ key: 'avatars:write', member: 'developer' })
  @Idempotent()
  @ApiOperation({ summary: 'Say that the file was uploaded', description: 'Checks the file and queues its preparation. Saying it again changes nothing.' })
  @ApiOkResponse({ standardSchema: avatar })
  @ApiProblems(404, 409, 413, 415)
  complete(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('avt')) id: string) {
    return this.avatars.completeUpload(principal.tenantId, id);
  }

  @Get()
  @Access({ key: 'avatars:read', member: 'viewer' })
  @ApiOperation({ summary: 'List avatars', description: 'Your own, newest first, and then stock avatars, which everyone has.' })
  @ApiOkResponse({ standardSchema: listOf(avatar) })
  async list(@Principal() principal: TenantPrincipal, @Query({ schema: avatarsQuery }) query: AvatarsQuery) {
    const { data, nextAfter } = await this.avatars.list(principal.tenantId, query, this.cursors.read(query.cursor, LIST));
    return { data, next_cursor: this.cursors.write(nextAfter, LIST) };
  }

  @Get(':id')
  @Access({ key: 'avatars:read', member: 'viewer' })
  @ApiOperation({ summary: 'Read an avatar' })
  @ApiOkResponse({ standardSchema: avatar })
  @ApiProblems(404)
  get(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('avt')) id: string) {
    return this.avatars.get(principal.tenantId, id);
  }

  @Patch(':id')
  @Access({ key: 'avatars:write', member: 'developer' })
  @ApiOperation({ summary: 'Rename an avatar', description: 'Stock avatars keep their names.' })
  @ApiOkResponse({ standardSchema: avatar })
  @ApiProblems(404)
  rename(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('avt')) id: string, @Body({ schema: updateAvatar }) body: z.infer<typeof updateAvatar>) {
    return this.avatars.rename(principal.tenantId, id, body.name);
  }

  @Delete(':id')
  @HttpCode(204)
  @Access({ key: 'avatars:write', member: 'developer' })
  @ApiOperation({ summary: 'Delete an avatar', description: 'With what was uploaded and everything made from it. Not while a session uses it, and no stock avatar.' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblems(404, 409)
  async remove(@Principal() principal: TenantPrincipal, @Param('id', new PublicIdPipe('avt')) id: string): Promise<void> {
    await this.avatars.remove(principal.tenantId, id);
  }
}

/** The body has two forms, so no pipe checks it. */
function parseOrder(body: unknown): z.infer<typeof createAvatarUpload> {
  const parsed = createAvatarUpload.safeParse(body ?? undefined);
  if (parsed.success) return parsed.data;
  throw new ProblemError('invalid_request', 'Send a picture or clip as a form (multipart/form-data) with a file "image" or "video", or JSON with name and content_type.', { errors: toIssues(parsed.error.issues) });
}
