import { Module } from '@nestjs/common';
import { VoicesController } from './voices.controller';
import { VoicesRepository } from './voices.repository';

@Module({ controllers: [VoicesController], providers: [VoicesRepository] })
export class VoicesModule {}
