import { createVideoDecoder } from '@visavis/codec';
import type { I420Picture } from '@visavis/engine';
import { createH264Depacketizer, createSrtpReceiver } from '@visavis/rtp';

/** The viewer's end of a session without a media node between: SRTP packets in, H.264 pictures out. */
export interface PictureReceiver {
  receive(packet: Uint8Array): void;
  readonly count: number;
  readonly newest: I420Picture | undefined;
  close(): void;
}

export function createPictureReceiver(masterKeyAndSalt: Uint8Array, ssrc: number): PictureReceiver {
  const srtp = createSrtpReceiver(masterKeyAndSalt);
  const depacketizer = createH264Depacketizer();
  const decoder = createVideoDecoder('h264');
  let wraps = 0;
  const receiver = {
    count: 0,
    newest: undefined as I420Picture | undefined,
    receive(packet: Uint8Array) {
      const isRtcp = packet[1]! >= 192 && packet[1]! <= 223;
      if (isRtcp || new DataView(packet.buffer, packet.byteOffset).getUint32(8) !== ssrc) return;
      let clear = srtp.unprotectRtp(packet, wraps);
      // Sequence numbers begin anywhere, and may wrap.
      if (clear === undefined) clear = srtp.unprotectRtp(packet, ++wraps);
      if (clear === undefined) throw new Error('a packet is not authentic');
      const headerBytes = 12 + 4 * (clear[0]! & 0x0f) + ((clear[0]! & 0x10) === 0 ? 0 : 4 + 4 * clear.readUInt16BE(14));
      const data = depacketizer.push(clear.subarray(headerBytes), clear[1]! >= 0x80);
      const picture = data && decoder.decode(data);
      if (picture === undefined) return;
      receiver.count++;
      receiver.newest = picture;
    },
    close: () => decoder.close(),
  };
  return receiver;
}
