import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyInterceptor } from './idempotency.interceptor';

/** A POST that may be repeated safely with the same `Idempotency-Key`. */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Up to 255 characters of your own, unique per request. For 24 hours the same key with the same body gets the first answer again, and nothing is done twice.',
      schema: { type: 'string', maxLength: 255, example: 'order-1029' },
    }),
  );
}
