import { Injectable } from '@nestjs/common';
import { parseApiKey } from '@visavis/api-keys';
import { KeyDirectory, revocationMarker } from '../key-directory';
import { SecretStrategy, type Verified } from './secret.strategy';

/** `Authorization: Bearer vv_live_…`. A key with a wrong checksum never reaches the database. */
@Injectable()
export class ApiKeyStrategy extends SecretStrategy {
  override readonly name = 'api-key';

  constructor(private readonly keys: KeyDirectory) {
    super();
  }

  override async verify(secret: string): Promise<Verified | null> {
    if (parseApiKey(secret) === null) return null;
    const key = await this.keys.find(secret);
    if (key === null) return null;
    this.keys.touch(key);
    return {
      principal: { kind: 'key', tenantId: key.tenantId, keyId: key.keyId, scopes: key.scopes },
      allowedOrigins: key.allowedOrigins,
      revocationMarker: revocationMarker(key.keyId),
    };
  }
}
