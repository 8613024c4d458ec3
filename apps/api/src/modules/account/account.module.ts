import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module';
import { AccountController } from './account.controller';
import { AccountRepository } from './account.repository';

@Module({ imports: [SessionsModule], controllers: [AccountController], providers: [AccountRepository] })
export class AccountModule {}
