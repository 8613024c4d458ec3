import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { me, signIn } from '@visavis/contracts';
import { ProblemError } from '@visavis/problems';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Access, Principal } from '../../access/access.decorator';
import { writeSessionCookie } from '../../access/cookie';
import { DASHBOARD_SESSION_S } from '../../access/dashboard-sessions';
import { isOwnPage } from '../../access/origin-check';
import type { Principal as RequestPrincipal } from '../../access/principal';
import type { ApiConfig } from '../../config';
import { ApiProblems } from '../../http/api-problems.decorator';
import { API_CONFIG } from '../../tokens';
import { AuthService } from './auth.service';

type Member = Extract<RequestPrincipal, { kind: 'member' }>;

@ApiTags('Dashboard sign-in')
@Controller('auth')
export class AuthController {
  constructor(
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    private readonly auth: AuthService,
  ) {}

  @Post('sign-in')
  @HttpCode(200)
  @Access({ public: true })
  @ApiOperation({ summary: 'Sign in to the dashboard', description: 'Sets an HttpOnly cookie that counts for the dashboard\'s own pages only.' })
  @ApiOkResponse({ standardSchema: me })
  @ApiProblems(429)
  async signIn(@Body({ schema: signIn }) body: z.infer<typeof signIn>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    // Another site must not sign a visitor in to an account of its choice.
    const fromBrowser = request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined;
    if (fromBrowser && !isOwnPage(request, this.config.http.publicUrl)) throw new ProblemError('forbidden', 'Sign in from the dashboard itself.');
    const { token, me: who } = await this.auth.signIn({ ...body, ip: request.ip, userAgent: request.headers['user-agent'] ?? '' });
    this.#setCookie(reply, token, DASHBOARD_SESSION_S);
    return who;
  }

  @Post('sign-out')
  @HttpCode(204)
  @Access({ member: 'viewer' })
  @ApiOperation({ summary: 'Sign out' })
  @ApiNoContentResponse({ description: 'The cookie counts no more.' })
  async signOut(@Principal() principal: Member, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.auth.signOut(principal.dashboardSessionId);
    this.#setCookie(reply, '', 0);
  }

  @Get('me')
  @Access({ member: 'viewer' })
  @ApiOperation({ summary: 'Who is signed in' })
  @ApiOkResponse({ standardSchema: me })
  me(@Principal() principal: Member) {
    return this.auth.me(principal.userId, principal.tenantId);
  }

  #setCookie(reply: FastifyReply, value: string, maxAgeS: number): void {
    const secure = this.config.http.publicUrl.startsWith('https:');
    void reply.headers({ 'set-cookie': writeSessionCookie(value, maxAgeS, secure), 'cache-control': 'no-store' });
  }
}
