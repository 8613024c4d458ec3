import { createRtpSender, openUdpTransport, type RtpSenderStats } from '@visavis/rtp';
import { LiveEncoders } from './live-encoders.ts';
import { MediaScheduler } from './media-scheduler.ts';
import type { IdleLoop } from './idle-loop/idle-loop.ts';
import { type MediaSession, type MediaSessionOptions, RunningMediaSession } from './media-session.ts';

/** Where a session's media goes: the plain transport that the media node opened for this epoch. Keys are base64 of 28 bytes. */
export interface IngestOptions {
  address: string;
  port: number;
  sendKey: string;
  receiveKey: string;
  audio: { ssrc: number; payloadType: number };
  video: { ssrc: number; payloadType: number };
  cname: string;
}

export interface CreateMediaSessionOptions extends MediaSessionOptions {
  ingest: IngestOptions;
  /** The media node's address refuses packets, or the network fails. Sending goes on. */
  onNetworkError?(error: Error): void;
}

export interface CreatedMediaSession extends MediaSession {
  readonly rtpStats: Readonly<RtpSenderStats>;
}

/** A session in this thread. */
export interface LocalMediaSession extends CreatedMediaSession {
  useIdleLoop(loop: IdleLoop): void;
}

/** What all sessions of a thread share. */
export interface SessionSurroundings {
  scheduler: MediaScheduler;
  encoders: LiveEncoders;
}

const shared: SessionSurroundings = { scheduler: new MediaScheduler(), encoders: new LiveEncoders() };

/**
 * Opens the socket, the engine's stream and the encoders, and starts sending the idle avatar at once.
 * @throws Error when the address can't be used or a codec doesn't open.
 */
export async function createMediaSession(options: CreateMediaSessionOptions, { scheduler, encoders }: SessionSurroundings = shared): Promise<LocalMediaSession> {
  const { ingest } = options;
  let receive: ((packet: Buffer) => void) | undefined;
  const transport = await openUdpTransport({
    remote: ingest,
    onMessage: (packet) => receive?.(packet),
    onError: (error) => options.onNetworkError?.(error),
  });
  let session: RunningMediaSession | undefined;
  try {
    const startMs = scheduler.startInstantMs(1000 / options.fps);
    const sender = createRtpSender({
      transport,
      sendKey: Buffer.from(ingest.sendKey, 'base64'),
      receiveKey: Buffer.from(ingest.receiveKey, 'base64'),
      cname: ingest.cname,
      audio: ingest.audio,
      video: { ...ingest.video, format: options.codec },
      onKeyFrameRequest: () => session?.requestKeyFrame(),
      startWallClockMs: Date.now() + startMs - scheduler.nowMs(),
    });
    receive = (packet) => sender.receive(packet);
    const running = new RunningMediaSession(options, scheduler, sender, startMs, encoders);
    session = running;
    scheduler.add(running, startMs);
    return Object.assign(running, { rtpStats: sender.stats });
  } catch (error) {
    transport.close();
    throw error;
  }
}
