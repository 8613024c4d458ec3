import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module';
import { Housekeeping } from './housekeeping.service';

@Module({ imports: [SessionsModule], providers: [Housekeeping] })
export class HousekeepingModule {}
