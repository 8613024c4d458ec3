/** Puts RTP payloads back together, for checks and for receivers of our own streams. Expects packets in order and without loss. */
export interface Depacketizer {
  /** Returns the picture when `marker` ended it. */
  push(payload: Uint8Array, marker: boolean): Uint8Array | undefined;
}

const START_CODE = Uint8Array.of(0, 0, 0, 1);

/** @throws Error for payload structures that RFC 6184's mode 1 doesn't have, or fragments that don't follow each other. */
export function createH264Depacketizer(): Depacketizer {
  let parts: Uint8Array[] = [];
  let inFragment = false;
  return {
    push(payload, marker) {
      const type = (payload[0] ?? 0) & 0x1f;
      if (type === 24) {
        for (let offset = 1; offset + 2 <= payload.length; ) {
          const size = (payload[offset]! << 8) | payload[offset + 1]!;
          parts.push(START_CODE, payload.slice(offset + 2, offset + 2 + size));
          offset += 2 + size;
        }
      } else if (type === 28) {
        const header = payload[1] ?? 0;
        const begins = (header & 0x80) !== 0;
        if (begins === inFragment) throw new Error('H.264 fragments out of order');
        if (begins) parts.push(START_CODE, Uint8Array.of((payload[0]! & 0xe0) | (header & 0x1f)));
        parts.push(payload.slice(2));
        inFragment = (header & 0x40) === 0;
      } else if (type >= 1 && type <= 23) {
        parts.push(START_CODE, payload.slice());
      } else {
        throw new Error(`H.264 payload of type ${type}`);
      }
      if (!marker) return undefined;
      const picture = Buffer.concat(parts);
      parts = [];
      return picture;
    },
  };
}

/** @throws Error when the descriptor is cut short or a picture begins in its middle. */
export function createVp8Depacketizer(): Depacketizer {
  let parts: Uint8Array[] = [];
  return {
    push(payload, marker) {
      const first = payload[0] ?? 0;
      let offset = 1;
      if ((first & 0x80) !== 0) {
        const extension = payload[offset++] ?? 0;
        if ((extension & 0x80) !== 0) offset += ((payload[offset] ?? 0) & 0x80) !== 0 ? 2 : 1;
        if ((extension & 0x40) !== 0) offset++;
        if ((extension & 0x30) !== 0) offset++;
      }
      if (offset >= payload.length) throw new Error('VP8 payload too short');
      if (((first & 0x10) !== 0) !== (parts.length === 0)) throw new Error('VP8 picture out of order');
      parts.push(payload.slice(offset));
      if (!marker) return undefined;
      const picture = Buffer.concat(parts);
      parts = [];
      return picture;
    },
  };
}
