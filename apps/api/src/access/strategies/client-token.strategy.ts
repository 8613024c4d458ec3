import { Injectable } from '@nestjs/common';
import { ClientTokens } from '../client-tokens.service';
import { TenantOrigins } from '../tenant-origins';
import { SecretStrategy, type Verified } from './secret.strategy';

/** A page's token for one session, in a header, a WebSocket subprotocol or `?token=`. */
@Injectable()
export class ClientTokenStrategy extends SecretStrategy {
  override readonly name = 'client-token';

  constructor(
    private readonly tokens: ClientTokens,
    private readonly origins: TenantOrigins,
  ) {
    super();
  }

  override async verify(secret: string): Promise<Verified | null> {
    const principal = await this.tokens.verify(secret);
    const allowedOrigins = await this.origins.find(principal.tenantId);
    return allowedOrigins === null ? null : { principal, allowedOrigins };
  }
}
