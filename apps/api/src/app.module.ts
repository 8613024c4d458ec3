import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import type { Logger } from '@visavis/logging';
import { AccessModule } from './access/access.module';
import type { ApiConfig, Role } from './config';
import { HttpModule } from './http/http.module';
import { ProblemFilter } from './http/problem.filter';
import { createValidationPipe } from './http/validation.pipe';
import { DispatchModule } from './modules/dispatch/dispatch.module';
import { HealthModule } from './modules/health/health.module';
import { MediaModule } from './modules/media/media.module';
import { SessionsModule } from './modules/sessions/sessions.module';
import { PlatformModule } from './platform.module';

type Import = NonNullable<DynamicModule['imports']>[number];

/** Which modules a process runs, by its roles. */
const MODULES: Readonly<Record<Role, readonly Import[]>> = {
  http: [HealthModule, DispatchModule, MediaModule, SessionsModule],
  media: [HealthModule, DispatchModule, MediaModule, SessionsModule],
};

@Module({})
export class AppModule {
  static for(config: ApiConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [PlatformModule.with(config, logger), AccessModule, HttpModule, ...new Set(config.roles.flatMap((role) => MODULES[role]))],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: createValidationPipe },
      ],
    };
  }
}
