import { Global, Module } from '@nestjs/common';
import { DashboardFiles } from './dashboard-files';

@Global()
@Module({ providers: [DashboardFiles], exports: [DashboardFiles] })
export class DashboardModule {}
