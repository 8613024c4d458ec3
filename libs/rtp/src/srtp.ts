/**
 * SRTP and SRTCP with AEAD_AES_128_GCM (RFC 7714). Both transforms work in place in buffers that leave TAG_BYTES of room.
 * Hot path: a cipher per packet is all that node:crypto allows; nothing else is allocated.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { deriveSessionKeys, SALT_BYTES, type SrtpSessionKeys } from './srtp-keys.ts';

export const TAG_BYTES = 16;
const RTCP_INDEX_BYTES = 4;
const RTCP_HEADER_BYTES = 8;
/** What SRTCP adds to a compound packet. */
export const SRTCP_OVERHEAD_BYTES = TAG_BYTES + RTCP_INDEX_BYTES;
const ENCRYPTED_FLAG = 0x8000_0000;
const gcm = { authTagLength: TAG_BYTES } as const;

export interface SrtpSender {
  /** Encrypts `packet[0, length)` in place. `rolloverCount` is how often the sequence number has wrapped. Returns the new length. */
  protectRtp(packet: Uint8Array, headerBytes: number, length: number, rolloverCount: number): number;
  /** Encrypts a compound RTCP packet in place. Returns the new length. */
  protectRtcp(packet: Uint8Array, length: number): number;
}

export interface SrtpReceiver {
  /** The RTP packet in clear, or undefined when it isn't authentic. `rolloverCount` is the caller's estimate. */
  unprotectRtp(packet: Uint8Array, rolloverCount: number): Buffer | undefined;
  /** The compound RTCP packet in clear, or undefined when it isn't authentic or was seen before. */
  unprotectRtcp(packet: Uint8Array): Buffer | undefined;
}

/** @param masterKeyAndSalt 28 bytes. */
export function createSrtpSender(masterKeyAndSalt: Uint8Array): SrtpSender {
  return createSrtpSenderFromSessionKeys(deriveSessionKeys(masterKeyAndSalt));
}

export function createSrtpSenderFromSessionKeys(keys: SrtpSessionKeys, firstRtcpIndex = 0): SrtpSender {
  const iv = Buffer.alloc(SALT_BYTES);
  const rtcpAuthenticated = Buffer.alloc(RTCP_HEADER_BYTES + RTCP_INDEX_BYTES);
  let rtcpIndex = firstRtcpIndex;
  return {
    protectRtp(packet, headerBytes, length, rolloverCount) {
      writeRtpIv(iv, packet, rolloverCount, keys.rtpSalt);
      const cipher = createCipheriv('aes-128-gcm', keys.rtpKey, iv, gcm);
      cipher.setAAD(packet.subarray(0, headerBytes));
      packet.set(cipher.update(packet.subarray(headerBytes, length)), headerBytes);
      cipher.final();
      packet.set(cipher.getAuthTag(), length);
      return length + TAG_BYTES;
    },
    protectRtcp(packet, length) {
      writeRtcpIv(iv, packet, rtcpIndex, keys.rtcpSalt);
      const cipher = createCipheriv('aes-128-gcm', keys.rtcpKey, iv, gcm);
      const indexWord = (ENCRYPTED_FLAG | rtcpIndex) >>> 0;
      rtcpAuthenticated.set(packet.subarray(0, RTCP_HEADER_BYTES));
      rtcpAuthenticated.writeUInt32BE(indexWord, RTCP_HEADER_BYTES);
      cipher.setAAD(rtcpAuthenticated);
      packet.set(cipher.update(packet.subarray(RTCP_HEADER_BYTES, length)), RTCP_HEADER_BYTES);
      cipher.final();
      packet.set(cipher.getAuthTag(), length);
      writeUInt32(packet, indexWord, length + TAG_BYTES);
      rtcpIndex = (rtcpIndex + 1) & 0x7fff_ffff;
      return length + SRTCP_OVERHEAD_BYTES;
    },
  };
}

/** @param masterKeyAndSalt 28 bytes. */
export function createSrtpReceiver(masterKeyAndSalt: Uint8Array): SrtpReceiver {
  return createSrtpReceiverFromSessionKeys(deriveSessionKeys(masterKeyAndSalt));
}

export function createSrtpReceiverFromSessionKeys(keys: SrtpSessionKeys): SrtpReceiver {
  const iv = Buffer.alloc(SALT_BYTES);
  const rtcpAuthenticated = Buffer.alloc(RTCP_HEADER_BYTES + RTCP_INDEX_BYTES);
  /** By sender SSRC: a peer counts each of its sources on its own (RFC 3711, 3.4), and feedback comes under another one than reports do. */
  const newestRtcpIndexes = new Map<number, number>();
  return {
    unprotectRtp(packet, rolloverCount) {
      const headerBytes = rtpHeaderBytes(packet);
      const end = packet.length - TAG_BYTES;
      if (headerBytes === 0 || end < headerBytes) return undefined;
      writeRtpIv(iv, packet, rolloverCount, keys.rtpSalt);
      const decipher = createDecipheriv('aes-128-gcm', keys.rtpKey, iv, gcm);
      decipher.setAAD(packet.subarray(0, headerBytes));
      decipher.setAuthTag(packet.subarray(end));
      const body = decipher.update(packet.subarray(headerBytes, end));
      return isAuthentic(decipher) ? Buffer.concat([packet.subarray(0, headerBytes), body]) : undefined;
    },
    unprotectRtcp(packet) {
      const end = packet.length - SRTCP_OVERHEAD_BYTES;
      if (end < RTCP_HEADER_BYTES) return undefined;
      const indexWord = readUInt32(packet, packet.length - RTCP_INDEX_BYTES);
      const index = indexWord & 0x7fff_ffff;
      const ssrc = readUInt32(packet, 4);
      // Reports arrive in order on one path; an older index is a replay, and a late report is worth nothing.
      if ((indexWord & ENCRYPTED_FLAG) === 0 || index <= (newestRtcpIndexes.get(ssrc) ?? -1)) return undefined;
      writeRtcpIv(iv, packet, index, keys.rtcpSalt);
      const decipher = createDecipheriv('aes-128-gcm', keys.rtcpKey, iv, gcm);
      rtcpAuthenticated.set(packet.subarray(0, RTCP_HEADER_BYTES));
      rtcpAuthenticated.writeUInt32BE(indexWord, RTCP_HEADER_BYTES);
      decipher.setAAD(rtcpAuthenticated);
      decipher.setAuthTag(packet.subarray(end, end + TAG_BYTES));
      const body = decipher.update(packet.subarray(RTCP_HEADER_BYTES, end));
      if (!isAuthentic(decipher)) return undefined;
      newestRtcpIndexes.set(ssrc, index);
      return Buffer.concat([packet.subarray(0, RTCP_HEADER_BYTES), body]);
    },
  };
}

function isAuthentic(decipher: ReturnType<typeof createDecipheriv>): boolean {
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  }
}

/** 00 00 | SSRC | rollover count | sequence number, XOR salt. */
function writeRtpIv(iv: Buffer, packet: Uint8Array, rolloverCount: number, salt: Buffer): void {
  iv[0] = 0;
  iv[1] = 0;
  for (let index = 0; index < 4; index++) iv[2 + index] = packet[8 + index]!;
  iv.writeUInt32BE(rolloverCount >>> 0, 6);
  iv[10] = packet[2]!;
  iv[11] = packet[3]!;
  for (let index = 0; index < SALT_BYTES; index++) iv[index]! ^= salt[index]!;
}

/** 00 00 | SSRC | 00 00 | index, XOR salt. */
function writeRtcpIv(iv: Buffer, packet: Uint8Array, index: number, salt: Buffer): void {
  iv.fill(0);
  for (let byte = 0; byte < 4; byte++) iv[2 + byte] = packet[4 + byte]!;
  iv.writeUInt32BE(index, 8);
  for (let byte = 0; byte < SALT_BYTES; byte++) iv[byte]! ^= salt[byte]!;
}

/** Fixed header, contributing sources and extension; 0 when the packet is cut short. */
function rtpHeaderBytes(packet: Uint8Array): number {
  if (packet.length < 12 || packet[0]! >> 6 !== 2) return 0;
  let bytes = 12 + 4 * (packet[0]! & 0x0f);
  if ((packet[0]! & 0x10) !== 0) {
    if (packet.length < bytes + 4) return 0;
    bytes += 4 + 4 * ((packet[bytes + 2]! << 8) | packet[bytes + 3]!);
  }
  return bytes <= packet.length ? bytes : 0;
}

function writeUInt32(target: Uint8Array, value: number, offset: number): void {
  target[offset] = value >>> 24;
  target[offset + 1] = (value >>> 16) & 0xff;
  target[offset + 2] = (value >>> 8) & 0xff;
  target[offset + 3] = value & 0xff;
}

function readUInt32(source: Uint8Array, offset: number): number {
  return ((source[offset]! << 24) | (source[offset + 1]! << 16) | (source[offset + 2]! << 8) | source[offset + 3]!) >>> 0;
}
