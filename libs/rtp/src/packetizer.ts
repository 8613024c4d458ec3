/**
 * Where a packetiser writes. It fills `payload` and calls `commit`; the sink then offers a fresh `payload` for the next packet.
 * Hot path: one sink per sender, nothing allocated per packet.
 */
export interface PayloadSink {
  readonly maxPayloadBytes: number;
  /** Changes with every commit: read it again for every packet. */
  readonly payload: Uint8Array;
  /** The payload is complete; `last` marks the last packet of a picture. */
  commit(payloadBytes: number, last: boolean): void;
}

/** Splits one coded picture into RTP payloads. */
export interface Packetizer {
  packetize(picture: Uint8Array, key: boolean, sink: PayloadSink): void;
}
