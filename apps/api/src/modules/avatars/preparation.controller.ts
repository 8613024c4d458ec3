import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { prepareProgress, prepareResult, type PrepareGrant, type PrepareResult } from '@visavis/contracts';
import type { z } from 'zod';
import { Access } from '../../access/access.decorator';
import { PublicIdPipe } from '../../http/public-id.pipe';
import { PreparationService } from './preparation.service';

/** For the fleet only: how a worker prepares an avatar. */
@ApiExcludeController()
@Controller('internal/worker/avatars/:id')
@Access({ worker: true })
export class PreparationController {
  constructor(private readonly preparations: PreparationService) {}

  @Get('grant')
  grant(@Param('id', new PublicIdPipe('avt')) id: string): Promise<PrepareGrant> {
    return this.preparations.grant(id);
  }

  @Post('progress')
  @HttpCode(204)
  async progress(@Param('id', new PublicIdPipe('avt')) id: string, @Body({ schema: prepareProgress }) body: z.infer<typeof prepareProgress>): Promise<void> {
    await this.preparations.progress(id, body.fraction, body.step);
  }

  @Post('result')
  @HttpCode(204)
  async result(@Param('id', new PublicIdPipe('avt')) id: string, @Body({ schema: prepareResult }) body: PrepareResult): Promise<void> {
    await this.preparations.result(id, body);
  }
}
