const TYPE_SENDER_REPORT = 200;
const TYPE_RECEIVER_REPORT = 201;
const TYPE_SOURCE_DESCRIPTION = 202;
const TYPE_TRANSPORT_FEEDBACK = 205;
const TYPE_PAYLOAD_FEEDBACK = 206;
const FEEDBACK_NACK = 1;
const FEEDBACK_PLI = 1;
const FEEDBACK_FIR = 4;
const SDES_CNAME = 1;
const SENDER_REPORT_BYTES = 28;
/** Seconds between 1900, where NTP counts from, and 1970. */
const NTP_EPOCH_OFFSET_S = 2_208_988_800;

export interface SenderReport {
  ssrc: number;
  /** Wall-clock milliseconds since 1970 of the instant that `rtpTimestamp` stands for. */
  wallClockMs: number;
  rtpTimestamp: number;
  packetCount: number;
  octetCount: number;
}

/** Writes one compound packet (a sender report per stream, then their CNAME) into `target`. Returns its length. */
export function writeSenderReports(target: Buffer, reports: readonly SenderReport[], cname: string): number {
  let offset = 0;
  for (const report of reports) {
    target[offset] = 0x80;
    target[offset + 1] = TYPE_SENDER_REPORT;
    target.writeUInt16BE(SENDER_REPORT_BYTES / 4 - 1, offset + 2);
    target.writeUInt32BE(report.ssrc, offset + 4);
    const seconds = Math.floor(report.wallClockMs / 1000);
    const fraction = Math.floor(((report.wallClockMs - seconds * 1000) / 1000) * 2 ** 32);
    target.writeUInt32BE((seconds + NTP_EPOCH_OFFSET_S) % 2 ** 32, offset + 8);
    target.writeUInt32BE(fraction, offset + 12);
    target.writeUInt32BE(report.rtpTimestamp >>> 0, offset + 16);
    target.writeUInt32BE(report.packetCount % 2 ** 32, offset + 20);
    target.writeUInt32BE(report.octetCount % 2 ** 32, offset + 24);
    offset += SENDER_REPORT_BYTES;
  }
  return writeSourceDescription(target, offset, reports, cname);
}

function writeSourceDescription(target: Buffer, start: number, reports: readonly SenderReport[], cname: string): number {
  const name = Buffer.from(cname, 'utf8');
  if (name.length > 255) throw new RangeError('a CNAME has at most 255 bytes');
  let offset = start + 4;
  for (const { ssrc } of reports) {
    target.writeUInt32BE(ssrc, offset);
    target[offset + 4] = SDES_CNAME;
    target[offset + 5] = name.length;
    target.set(name, offset + 6);
    offset += 6 + name.length;
    // Each chunk ends with at least one zero and at a multiple of four.
    do target[offset++] = 0;
    while ((offset - start) % 4 !== 0);
  }
  target[start] = 0x80 | reports.length;
  target[start + 1] = TYPE_SOURCE_DESCRIPTION;
  target.writeUInt16BE((offset - start) / 4 - 1, start + 2);
  return offset;
}

export interface ReceptionReport {
  ssrc: number;
  /** 0 to 1, since the last report. */
  fractionLost: number;
  packetsLost: number;
  /** In units of the stream's RTP clock. */
  jitter: number;
  /** Which sender report was heard last: the middle 32 bits of its NTP time. 0 while none was. */
  lastSenderReport: number;
}

export interface RtcpHandler {
  onKeyFrameRequest(ssrc: number): void;
  onNack(ssrc: number, sequenceNumber: number): void;
  onReceptionReport(report: ReceptionReport): void;
}

/** Reads a compound packet and reports what it asks for. Unknown or damaged parts are skipped: they come from the network. */
export function readRtcp(packet: Buffer, handler: RtcpHandler): void {
  let offset = 0;
  while (offset + 8 <= packet.length) {
    const first = packet[offset]!;
    const end = offset + 4 * (packet.readUInt16BE(offset + 2) + 1);
    if (first >> 6 !== 2 || end > packet.length) return;
    readPart(packet.subarray(offset, end), packet[offset + 1]!, first & 0x1f, handler);
    offset = end;
  }
}

function readPart(part: Buffer, type: number, countOrFormat: number, handler: RtcpHandler): void {
  if (type === TYPE_RECEIVER_REPORT) readReports(part, 8, countOrFormat, handler);
  else if (type === TYPE_SENDER_REPORT) readReports(part, SENDER_REPORT_BYTES, countOrFormat, handler);
  else if (part.length < 12) return;
  else if (type === TYPE_PAYLOAD_FEEDBACK && countOrFormat === FEEDBACK_PLI) handler.onKeyFrameRequest(part.readUInt32BE(8));
  else if (type === TYPE_PAYLOAD_FEEDBACK && countOrFormat === FEEDBACK_FIR) {
    for (let offset = 12; offset + 8 <= part.length; offset += 8) handler.onKeyFrameRequest(part.readUInt32BE(offset));
  } else if (type === TYPE_TRANSPORT_FEEDBACK && countOrFormat === FEEDBACK_NACK) readNacks(part, handler);
}

function readReports(part: Buffer, from: number, count: number, handler: RtcpHandler): void {
  for (let index = 0, offset = from; index < count && offset + 24 <= part.length; index++, offset += 24) {
    handler.onReceptionReport({
      ssrc: part.readUInt32BE(offset),
      fractionLost: part[offset + 4]! / 256,
      packetsLost: part.readIntBE(offset + 5, 3),
      jitter: part.readUInt32BE(offset + 12),
      lastSenderReport: part.readUInt32BE(offset + 16),
    });
  }
}

/** Each item names one lost packet and, bit by bit, which of the 16 after it are lost too. */
function readNacks(part: Buffer, handler: RtcpHandler): void {
  const ssrc = part.readUInt32BE(8);
  for (let offset = 12; offset + 4 <= part.length; offset += 4) {
    const first = part.readUInt16BE(offset);
    const mask = part.readUInt16BE(offset + 2);
    handler.onNack(ssrc, first);
    for (let bit = 0; bit < 16; bit++) {
      if ((mask & (1 << bit)) !== 0) handler.onNack(ssrc, (first + bit + 1) & 0xffff);
    }
  }
}
