import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createH264Depacketizer, createVp8Depacketizer } from './depacketizer.ts';
import { createH264Packetizer } from './h264-packetizer.ts';
import type { Packetizer, PayloadSink } from './packetizer.ts';
import { createVp8Packetizer } from './vp8-packetizer.ts';

interface Written {
  payload: Uint8Array;
  last: boolean;
}

function packetize(packetizer: Packetizer, picture: Uint8Array, maxPayloadBytes = 100): Written[] {
  const written: Written[] = [];
  const sink: PayloadSink = {
    maxPayloadBytes,
    payload: new Uint8Array(maxPayloadBytes),
    commit(payloadBytes, last) {
      expect(payloadBytes).toBeLessThanOrEqual(maxPayloadBytes);
      written.push({ payload: this.payload.slice(0, payloadBytes), last });
    },
  };
  packetizer.packetize(picture, false, sink);
  return written;
}

/** A body without start codes in it, as the encoder's emulation prevention guarantees, and without a zero at its end. */
function nalUnit(type: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, index) => (index === 0 ? 0x60 | type : 1 + ((index * 37 + bytes) % 255)));
}

function annexB(units: Uint8Array[], startCodeBytes: 3 | 4 = 4): Uint8Array {
  const startCode = startCodeBytes === 4 ? [0, 0, 0, 1] : [0, 0, 1];
  return Buffer.concat(units.flatMap((unit) => [Uint8Array.from(startCode), unit]));
}

const lasts = (written: Written[]): boolean[] => written.map(({ last }) => last);

describe('H.264', () => {
  it('sends the parameter sets as one STAP-A and drops SEI and delimiters', () => {
    const [sps, pps, idr] = [nalUnit(7, 20), nalUnit(8, 4), nalUnit(5, 50)];
    const written = packetize(createH264Packetizer(), annexB([nalUnit(9, 2), sps, pps, nalUnit(6, 40), idr]));
    expect(Buffer.from(written[0]!.payload)).toEqual(Buffer.concat([Uint8Array.of(0x78, 0, 20), sps, Uint8Array.of(0, 4), pps]));
    expect(Buffer.from(written[1]!.payload)).toEqual(Buffer.from(idr));
    expect(lasts(written)).toEqual([false, true]);
  });

  it('marks fragments with start and end, keeping type and importance', () => {
    const written = packetize(createH264Packetizer(), annexB([nalUnit(1, 250)]));
    expect(written.map(({ payload }) => [payload[0], payload[1]])).toEqual([
      [0x7c, 0x81],
      [0x7c, 0x01],
      [0x7c, 0x41],
    ]);
    expect(lasts(written)).toEqual([false, false, true]);
  });

  it('comes back whole, whatever the sizes and start codes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ type: fc.constantFrom(1, 5, 7, 8), bytes: fc.integer({ min: 1, max: 900 }) }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom<3 | 4>(3, 4),
        fc.integer({ min: 20, max: 400 }),
        (units, startCodeBytes, maxPayloadBytes) => {
          const nalUnits = units.map(({ type, bytes }) => nalUnit(type, bytes));
          const depacketizer = createH264Depacketizer();
          let picture: Uint8Array | undefined;
          const written = packetize(createH264Packetizer(), annexB(nalUnits, startCodeBytes), maxPayloadBytes);
          for (const { payload, last } of written) picture = depacketizer.push(payload, last);
          expect(lasts(written).filter(Boolean)).toHaveLength(1);
          expect(Buffer.from(picture!)).toEqual(Buffer.from(annexB(nalUnits)));
        },
      ),
    );
  });

  it('writes nothing for data without a NAL unit', () => {
    expect(packetize(createH264Packetizer(), Uint8Array.of(1, 2, 3))).toEqual([]);
    expect(packetize(createH264Packetizer(), new Uint8Array(0))).toEqual([]);
  });
});

describe('VP8', () => {
  it('begins each picture with S and a 15-bit picture id that counts on and wraps', () => {
    const packetizer = createVp8Packetizer(0x7fff);
    const first = packetize(packetizer, new Uint8Array(150));
    const second = packetize(packetizer, new Uint8Array(10));
    expect([...first, ...second].map(({ payload }) => [...payload.subarray(0, 4)])).toEqual([
      [0x90, 0x80, 0xff, 0xff],
      [0x80, 0x80, 0xff, 0xff],
      [0x90, 0x80, 0x80, 0x00],
    ]);
  });

  it('comes back whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.integer({ min: 10, max: 1200 }), (picture, maxPayloadBytes) => {
        const depacketizer = createVp8Depacketizer();
        let received: Uint8Array | undefined;
        for (const { payload, last } of packetize(createVp8Packetizer(), picture, maxPayloadBytes)) received = depacketizer.push(payload, last);
        expect(Buffer.from(received!)).toEqual(Buffer.from(picture));
      }),
    );
  });
});
