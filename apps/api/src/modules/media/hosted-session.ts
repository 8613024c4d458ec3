import type { Video } from '@visavis/contracts';
import type { IngestInfo } from '@visavis/media';

/** What the media node knows of a session whose router it owns. Lives in memory; the row in PostgreSQL is the truth. */
export interface HostedSession {
  readonly id: string;
  readonly tenantId: string;
  readonly avatarId: string;
  readonly video: Video;
  readonly weightPixels: number;
  readonly createdAtMs: number;
  readonly maxDurationS: number;
  readonly idleTimeoutS: number;
  readonly microCreditsPerMinute: bigint;
  /** The worker of the current epoch. */
  workerId: string;
  epoch: number;
  ingest: IngestInfo;
  liveAtMs: number | null;
  viewers: number;
  /** When the last viewer left. */
  viewersLeftAtMs: number;
  /** While a lost worker is being replaced: when its last media arrived, and when that was noticed. */
  lostAtMs: number | null;
  lostNoticedAtMs: number | null;
  /** Audio packets that had arrived when the next worker was chosen; more of them mean that it sends. */
  packetsAtHandOver: number | null;
  metering: Metering;
  ending: boolean;
}

export interface Metering {
  /** Audio packets that had arrived when the session went live; those before are free. */
  packetsAtLive: number;
  /** Milliseconds since live that are in PostgreSQL. */
  flushedMs: number;
  nextSlice: number;
  /** What is set aside for the session, micro-credits. */
  heldMicroCredits: bigint;
  lowReported: boolean;
}

/** Each Opus packet carries this much. */
export const AUDIO_PACKET_MS = 20;
