import { Global, Module } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor';
import { IdempotencyStore } from './idempotency.store';
import { ListCursors } from './list-cursors.service';

/** What controllers share. */
@Global()
@Module({ providers: [IdempotencyInterceptor, IdempotencyStore, ListCursors], exports: [IdempotencyInterceptor, IdempotencyStore, ListCursors] })
export class HttpModule {}
