/**
 * RFC 7741 with a 15-bit picture id, so that a receiver tells a lost picture from a pause.
 * Hot path: allocates nothing per picture.
 */
import type { Packetizer } from './packetizer.ts';

const EXTENDED = 0x80;
const START_OF_PARTITION = 0x10;
const HAS_PICTURE_ID = 0x80;
const PICTURE_ID_15_BIT = 0x80;
export const VP8_DESCRIPTOR_BYTES = 4;

export function createVp8Packetizer(firstPictureId = 0): Packetizer {
  let pictureId = firstPictureId & 0x7fff;
  return {
    packetize(picture, _key, sink) {
      const room = sink.maxPayloadBytes - VP8_DESCRIPTOR_BYTES;
      const packets = Math.max(1, Math.ceil(picture.length / room));
      let offset = 0;
      for (let index = 0; index < packets; index++) {
        const next = Math.ceil((picture.length * (index + 1)) / packets);
        const { payload } = sink;
        payload[0] = EXTENDED | (index === 0 ? START_OF_PARTITION : 0);
        payload[1] = HAS_PICTURE_ID;
        payload[2] = PICTURE_ID_15_BIT | (pictureId >> 8);
        payload[3] = pictureId & 0xff;
        payload.set(picture.subarray(offset, next), VP8_DESCRIPTOR_BYTES);
        sink.commit(VP8_DESCRIPTOR_BYTES + next - offset, index === packets - 1);
        offset = next;
      }
      pictureId = (pictureId + 1) & 0x7fff;
    },
  };
}
