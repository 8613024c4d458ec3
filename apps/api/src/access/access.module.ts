import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessGuard } from './access.guard';
import { AccessService } from './access.service';
import { Authentication } from './authentication';
import { ClientTokens } from './client-tokens.service';
import { CredentialWatch } from './credential-watch';
import { DashboardSessions } from './dashboard-sessions';
import { DerivedKeys } from './derived-keys';
import { KeyDirectory } from './key-directory';
import { RateLimiter } from './rate-limiter';
import { RouteAudit } from './route-audit';
import { ApiKeyStrategy } from './strategies/api-key.strategy';
import { ClientTokenStrategy } from './strategies/client-token.strategy';
import { DashboardCookieStrategy } from './strategies/dashboard-cookie.strategy';
import { TenantOrigins } from './tenant-origins';

const shared = [AccessService, ClientTokens, CredentialWatch, DashboardSessions, DerivedKeys, KeyDirectory, RateLimiter];

/** Who may call what; everywhere the same, so everywhere available. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    ...shared,
    Authentication,
    ApiKeyStrategy,
    ClientTokenStrategy,
    DashboardCookieStrategy,
    TenantOrigins,
    RouteAudit,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: shared,
})
export class AccessModule {}
