import { createCipheriv, createSecretKey, type KeyObject } from 'node:crypto';

/** 16 bytes of key and 12 of salt: what `keyBase64` of AEAD_AES_128_GCM holds. */
export const SRTP_MASTER_KEY_BYTES = 28;
const KEY_BYTES = 16;
export const SALT_BYTES = 12;

export interface SrtpSessionKeys {
  /** As key objects: handing raw bytes to every cipher costs four times the encryption itself. */
  rtpKey: KeyObject;
  rtpSalt: Buffer;
  rtcpKey: KeyObject;
  rtcpSalt: Buffer;
}

const labels = { rtpKey: 0, rtpSalt: 2, rtcpKey: 3, rtcpSalt: 5 } as const;

/** Session keys of AEAD_AES_128_GCM (RFC 7714, RFC 3711 section 4.3). @throws RangeError unless the master key has 28 bytes. */
export function deriveSessionKeys(masterKeyAndSalt: Uint8Array): SrtpSessionKeys {
  if (masterKeyAndSalt.length !== SRTP_MASTER_KEY_BYTES) {
    throw new RangeError(`an SRTP master key has ${SRTP_MASTER_KEY_BYTES} bytes with its salt, got ${masterKeyAndSalt.length}`);
  }
  const key = masterKeyAndSalt.subarray(0, KEY_BYTES);
  const salt = masterKeyAndSalt.subarray(KEY_BYTES);
  return {
    rtpKey: createSecretKey(deriveBytes(key, salt, labels.rtpKey, KEY_BYTES)),
    rtpSalt: deriveBytes(key, salt, labels.rtpSalt, SALT_BYTES),
    rtcpKey: createSecretKey(deriveBytes(key, salt, labels.rtcpKey, KEY_BYTES)),
    rtcpSalt: deriveBytes(key, salt, labels.rtcpSalt, SALT_BYTES),
  };
}

/** RFC 3711's AES counter-mode derivation with a rate of zero. A 96-bit salt counts as 112 bits that end in zeros. */
export function deriveBytes(masterKey: Uint8Array, masterSalt: Uint8Array, label: number, length: number): Buffer {
  const counter = Buffer.alloc(16);
  counter.set(masterSalt.subarray(0, 14));
  counter[7]! ^= label;
  return createCipheriv('aes-128-ctr', masterKey, counter).update(Buffer.alloc(length));
}
