import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import type { Logger } from '@visavis/logging';
import { AccessModule } from './access/access.module';
import type { ApiConfig } from './config';
import { HttpModule } from './http/http.module';
import { ProblemFilter } from './http/problem.filter';
import { createValidationPipe } from './http/validation.pipe';
import { AccountModule } from './modules/account/account.module';
import { ApiKeysModule } from './modules/api-keys/api-keys.module';
import { AuthModule } from './modules/auth/auth.module';
import { AvatarsModule } from './modules/avatars/avatars.module';
import { DashboardModule } from './modules/dashboard/dashboard.module';
import { DispatchModule } from './modules/dispatch/dispatch.module';
import { DocsModule } from './modules/docs/docs.module';
import { HealthModule } from './modules/health/health.module';
import { HousekeepingModule } from './modules/housekeeping/housekeeping.module';
import { MediaModule } from './modules/media/media.module';
import { SessionsModule } from './modules/sessions/sessions.module';
import { VoicesModule } from './modules/voices/voices.module';
import { PlatformModule } from './platform.module';

@Module({})
export class AppModule {
  static for(config: ApiConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(config, logger),
        AccessModule,
        HttpModule,
        HealthModule,
        DocsModule,
        AuthModule,
        ApiKeysModule,
        VoicesModule,
        AvatarsModule,
        AccountModule,
        HousekeepingModule,
        DispatchModule,
        MediaModule,
        SessionsModule,
        DashboardModule,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: createValidationPipe },
      ],
    };
  }
}
