import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../../access/access.decorator';
import { renderDocsPage } from './docs-page';
import { OpenApiHolder } from './openapi-holder';

@ApiExcludeController()
@Controller()
@Access({ public: true })
export class DocsController {
  constructor(private readonly holder: OpenApiHolder) {}

  @Get('openapi.json')
  document(@Res({ passthrough: true }) reply: FastifyReply): OpenAPIObject {
    void reply.header('cache-control', 'public, max-age=60');
    return this.holder.document();
  }

  @Get('docs')
  page(@Res({ passthrough: true }) reply: FastifyReply): string {
    const { html, contentSecurityPolicy } = renderDocsPage(this.holder.document());
    void reply.type('text/html; charset=utf-8').header('content-security-policy', contentSecurityPolicy);
    return html;
  }
}
