import type { StreamStats } from './session-state.ts';

const PROBE_MS = 500;
const STALLED_AFTER_MS = 1200;

interface Sample {
  readonly atMs: number;
  readonly packets: number;
  readonly bytes: number;
}

/**
 * Watches what a connection receives. Counts packets and not frames shown, since a hidden tab shows none.
 * @returns stops watching
 */
export function watchStream(
  peer: RTCPeerConnection,
  listener: { onStalled: () => void; onFlowing: () => void; onStats: (stats: StreamStats) => void },
): () => void {
  let last: Sample | null = null;
  let lastGrowthMs = performance.now();
  let stalled = false;
  let busy = false;

  async function probe(): Promise<void> {
    if (busy || peer.connectionState === 'closed') return;
    busy = true;
    try {
      const report = await peer.getStats();
      const nowMs = performance.now();
      const video = findInboundVideo(report);
      if (video === null) return;
      const sample: Sample = { atMs: nowMs, packets: video.packetsReceived ?? 0, bytes: video.bytesReceived ?? 0 };
      if (last === null || sample.packets > last.packets) {
        lastGrowthMs = nowMs;
        if (stalled) listener.onFlowing();
        stalled = false;
      } else if (!stalled && nowMs - lastGrowthMs > STALLED_AFTER_MS) {
        stalled = true;
        listener.onStalled();
      }
      if (last !== null) listener.onStats(describe(report, video, last, sample));
      last = sample;
    } finally {
      busy = false;
    }
  }

  const timer = setInterval(() => void probe(), PROBE_MS);
  return () => clearInterval(timer);
}

type InboundVideo = RTCInboundRtpStreamStats & { codecId?: string };

function findInboundVideo(report: RTCStatsReport): InboundVideo | null {
  for (const entry of report.values()) {
    if (entry.type === 'inbound-rtp' && entry.kind === 'video') return entry as InboundVideo;
  }
  return null;
}

function describe(report: RTCStatsReport, video: InboundVideo, before: Sample, now: Sample): StreamStats {
  const codec = video.codecId === undefined ? undefined : (report.get(video.codecId) as { mimeType?: string } | undefined);
  const elapsedMs = Math.max(1, now.atMs - before.atMs);
  return {
    width: video.frameWidth ?? 0,
    height: video.frameHeight ?? 0,
    fps: Math.round(video.framesPerSecond ?? 0),
    kbps: Math.round(((now.bytes - before.bytes) * 8) / elapsedMs),
    codec: (codec?.mimeType ?? '').replace('video/', ''),
  };
}
