import { Global, Module } from '@nestjs/common';
import { HealthChecks } from './health-checks';
import { HealthController } from './health.controller';
import { Metrics } from './metrics';
import { ProductGauges } from './product-gauges';

/** Global, so that modules add their own checks and gauges where they know of them. */
@Global()
@Module({ controllers: [HealthController], providers: [HealthChecks, Metrics, ProductGauges], exports: [HealthChecks, Metrics] })
export class HealthModule {}
