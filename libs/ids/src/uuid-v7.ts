import { randomBytes } from 'node:crypto';

// RFC 9562, method 1 of section 6.2: the 12 bits after the time are a counter, so that ids made in one millisecond by one process still sort by birth.
const COUNTER_LIMIT = 0x1000;

/**
 * Makes a source of UUIDs of version 7 that only grow, even while the clock stands still or steps back.
 *
 * @param nowMs the clock in milliseconds since 1970; tests hand in their own.
 */
export function createUuidV7Source(nowMs: () => number = Date.now): () => string {
  let lastMs = -1;
  let counter = 0;

  return () => {
    const currentMs = nowMs();
    const random = randomBytes(10);
    if (currentMs > lastMs) {
      lastMs = currentMs;
      // The counter starts in the lower half, which leaves at least 2,048 ids before it overflows.
      counter = random.readUInt16BE(8) & 0x7ff;
    } else {
      counter += 1;
      if (counter === COUNTER_LIMIT) {
        // Borrowing from the next millisecond keeps the order; the clock catches up.
        lastMs += 1;
        counter = 0;
      }
    }

    const bytes = Buffer.alloc(16);
    bytes.writeUIntBE(lastMs, 0, 6);
    bytes.writeUInt16BE(0x7000 | counter, 6);
    random.copy(bytes, 8, 0, 8);
    bytes[8] = 0x80 | (bytes[8]! & 0x3f);
    return formatUuid(bytes.toString('hex'));
  };
}

/** A new UUID of version 7 from the process-wide source. */
export const newUuid: () => string = createUuidV7Source();

/** The time of birth in milliseconds since 1970 that a UUID of version 7 carries. */
export function uuidTimeMs(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}

function formatUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
