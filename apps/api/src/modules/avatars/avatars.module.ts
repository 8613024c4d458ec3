import { BullModule } from '@nestjs/bullmq';
import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AVATAR_PREPARE_QUEUE, QUEUE_PREFIX } from '@visavis/queue';
import type { ApiConfig } from '../../config';
import { API_CONFIG } from '../../tokens';
import { Metrics } from '../health/metrics';
import { AvatarFormInterceptor } from './avatar-form.interceptor';
import { AvatarsController } from './avatars.controller';
import { AvatarsRepository } from './avatars.repository';
import { AvatarsService } from './avatars.service';
import { PreparationQueue } from './preparation-queue';
import { PreparationSweep } from './preparation-sweep';
import { OutdatedAvatars } from './outdated-avatars';
import { PreparationController } from './preparation.controller';
import { PreparationRepository } from './preparation.repository';
import { PreparationService } from './preparation.service';
import { PreviewLinks } from './preview-links';
import { PreviewsController } from './previews.controller';
import { StockAvatars } from './stock-avatars.service';
import { StockRepository } from './stock.repository';

@Module({
  imports: [
    BullModule.forRootAsync({
      inject: [API_CONFIG],
      // The queue opens and closes this connection itself. Adding a job gives up soon: a request is waiting.
      useFactory: (config: ApiConfig) => ({ connection: { url: config.redisUrl.reveal(), maxRetriesPerRequest: 2 }, prefix: QUEUE_PREFIX }),
    }),
    BullModule.registerQueue({ name: AVATAR_PREPARE_QUEUE }),
  ],
  controllers: [AvatarsController, PreviewsController, PreparationController],
  providers: [AvatarsService, AvatarsRepository, AvatarFormInterceptor, OutdatedAvatars, PreparationQueue, PreparationRepository, PreparationService, PreparationSweep, PreviewLinks, StockAvatars, StockRepository],
})
export class AvatarsModule implements OnApplicationBootstrap {
  constructor(
    private readonly metrics: Metrics,
    private readonly queue: PreparationQueue,
  ) {}

  onApplicationBootstrap(): void {
    this.metrics.gauge('visavis_avatar_preparation_jobs', 'Jobs of the avatar preparation queue by state.', ['state'], async (gauge) => {
      for (const [state, count] of Object.entries(await this.queue.waiting())) gauge.set({ state }, count);
    });
  }
}
