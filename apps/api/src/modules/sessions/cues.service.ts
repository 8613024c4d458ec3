import { Inject, Injectable } from '@nestjs/common';
import type { Cue } from '@visavis/contracts';
import { formatId } from '@visavis/ids';
import type { SessionChannel } from '@visavis/queue';
import { SESSION_CHANNEL } from '../dispatch/dispatch.tokens';
import { SessionsService } from './sessions.service';

/** What a session's face is told to do beside speaking. */
@Injectable()
export class CuesService {
  constructor(
    private readonly sessions: SessionsService,
    @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
  ) {}

  async give(tenantId: string, sessionId: string, cue: Cue): Promise<void> {
    await this.sessions.requireRunning(tenantId, sessionId);
    const publicId = formatId('ses', sessionId);
    await this.channel.cue(publicId, cue);
    await this.channel.touch(publicId);
  }
}
