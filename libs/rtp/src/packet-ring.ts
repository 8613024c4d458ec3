/**
 * The packets of one stream, built, encrypted and kept in preallocated slots until they are overwritten, so that a lost one can be sent again.
 * Hot path: allocates nothing per packet but what node:crypto needs.
 */
import type { PayloadSink } from './packetizer.ts';
import type { SrtpSender } from './srtp.ts';
import { TAG_BYTES } from './srtp.ts';

export const RTP_HEADER_BYTES = 12;

export interface PacketRingOptions {
  ssrc: number;
  payloadType: number;
  slots: number;
  maxPayloadBytes: number;
  firstSequenceNumber: number;
  srtp: SrtpSender;
}

export class PacketRing implements PayloadSink {
  readonly maxPayloadBytes: number;
  /** RTP payload bytes committed so far, and packets: what a sender report tells. */
  octetCount = 0;
  packetCount = 0;
  payload: Uint8Array;
  private readonly srtp: SrtpSender;
  private readonly packets: Buffer[] = [];
  private readonly payloads: Uint8Array[] = [];
  private readonly lengths: Uint16Array;
  private readonly sequenceNumbers: Int32Array;
  private readonly firstSequenceNumber: number;
  private timestamp = 0;
  private pendingFrom = 0;
  private pendingCount = 0;
  private readonly send: (packet: Buffer, length: number) => void;

  /** @param send puts a finished packet on the wire. */
  constructor(options: PacketRingOptions, send: (packet: Buffer, length: number) => void) {
    this.send = send;
    this.srtp = options.srtp;
    this.maxPayloadBytes = options.maxPayloadBytes;
    this.firstSequenceNumber = options.firstSequenceNumber & 0xffff;
    this.lengths = new Uint16Array(options.slots);
    this.sequenceNumbers = new Int32Array(options.slots).fill(-1);
    const slotBytes = RTP_HEADER_BYTES + options.maxPayloadBytes + TAG_BYTES;
    const memory = Buffer.alloc(slotBytes * options.slots);
    for (let slot = 0; slot < options.slots; slot++) {
      const packet = memory.subarray(slot * slotBytes, (slot + 1) * slotBytes);
      packet[0] = 0x80;
      packet[1] = options.payloadType;
      packet.writeUInt32BE(options.ssrc, 8);
      this.packets.push(packet);
      this.payloads.push(packet.subarray(RTP_HEADER_BYTES, RTP_HEADER_BYTES + options.maxPayloadBytes));
    }
    this.payload = this.payloads[0]!;
  }

  /** The packets committed from here on carry this timestamp. */
  begin(timestamp: number): void {
    this.timestamp = timestamp >>> 0;
  }

  commit(payloadBytes: number, last: boolean): void {
    const slots = this.packets.length;
    const slot = this.packetCount % slots;
    const packet = this.packets[slot]!;
    const sequenceNumber = (this.firstSequenceNumber + this.packetCount) & 0xffff;
    packet[1] = (packet[1]! & 0x7f) | (last ? 0x80 : 0);
    packet.writeUInt16BE(sequenceNumber, 2);
    packet.writeUInt32BE(this.timestamp, 4);
    this.lengths[slot] = RTP_HEADER_BYTES + payloadBytes;
    this.sequenceNumbers[slot] = sequenceNumber;
    if (this.pendingCount === 0) this.pendingFrom = this.packetCount;
    this.pendingCount++;
    this.packetCount++;
    this.octetCount += payloadBytes;
    if (this.pendingCount === slots) {
      // A picture of more packets than there are slots: its first ones must leave before they are overwritten.
      this.protectPending();
      this.sendPending();
    }
    this.payload = this.payloads[this.packetCount % slots]!;
  }

  protectPending(): void {
    const slots = this.packets.length;
    for (let index = this.pendingFrom; index < this.pendingFrom + this.pendingCount; index++) {
      const slot = index % slots;
      const rolloverCount = Math.floor((this.firstSequenceNumber + index) / 0x1_0000);
      this.lengths[slot] = this.srtp.protectRtp(this.packets[slot]!, RTP_HEADER_BYTES, this.lengths[slot]!, rolloverCount);
    }
  }

  sendPending(): void {
    const slots = this.packets.length;
    for (let index = this.pendingFrom; index < this.pendingFrom + this.pendingCount; index++) {
      const slot = index % slots;
      this.send(this.packets[slot]!, this.lengths[slot]!);
    }
    this.pendingCount = 0;
  }

  /** Sends a kept packet again, exactly as it was. False when it has been overwritten. */
  resend(sequenceNumber: number): boolean {
    const slots = this.packets.length;
    const index = this.packetCount - 1 - ((this.firstSequenceNumber + this.packetCount - 1 - sequenceNumber) & 0xffff);
    if (index < 0) return false;
    const slot = index % slots;
    if (this.sequenceNumbers[slot] !== sequenceNumber) return false;
    this.send(this.packets[slot]!, this.lengths[slot]!);
    return true;
  }
}
