import { Injectable } from '@nestjs/common';
import { DashboardSessions } from '../dashboard-sessions';
import { SecretStrategy, type Verified } from './secret.strategy';

/** The dashboard's cookie. Where it may come from is the guard's business: our own pages and nowhere else. */
@Injectable()
export class DashboardCookieStrategy extends SecretStrategy {
  override readonly name = 'dashboard-cookie';

  constructor(private readonly sessions: DashboardSessions) {
    super();
  }

  override async verify(secret: string): Promise<Verified | null> {
    const principal = await this.sessions.find(secret);
    return principal === null ? null : { principal, allowedOrigins: [] };
  }
}
