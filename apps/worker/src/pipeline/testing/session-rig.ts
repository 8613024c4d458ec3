import type { RtpSender } from '@visavis/rtp';
import { encodeIdleLoop, type IdleLoopOptions } from '../idle-loop/encode-idle-loop.ts';
import { IdleLoop } from '../idle-loop/idle-loop.ts';
import { LiveEncoders } from '../live-encoders.ts';
import { MediaScheduler } from '../media-scheduler.ts';
import { RunningMediaSession } from '../media-session.ts';
import type { PipelineEvent } from '../pipeline-event.ts';
import { createGradientAvatar, type GradientAvatar } from './gradient-avatar.ts';
import { VirtualTime } from './virtual-time.ts';

export interface SentPacket {
  atMs: number;
  mediaSample: number;
  data: Uint8Array;
}
export interface SentPicture extends SentPacket {
  key: boolean;
}

export interface SessionRig {
  time: VirtualTime;
  session: RunningMediaSession;
  scheduler: MediaScheduler;
  encoders: LiveEncoders;
  avatar: GradientAvatar;
  events: (PipelineEvent & { atMs: number })[];
  audio: SentPacket[];
  video: SentPicture[];
  reports: number[];
  closedSenders: number;
  startMs: number;
}

interface RigOptions {
  lookAheadMs?: number;
  fps?: number;
  codec?: 'h264' | 'vp8';
  avatar?: GradientAvatar;
  /** The idle loop is there from the start. */
  looped?: boolean;
}

const SIZE = { width: 64, height: 64 };
const MAX_BITRATE = 2_500_000;

/** A whole session with real encoders on a virtual clock, whose packets are recorded instead of sent. */
export function openSessionRig({ lookAheadMs = 60, fps = 25, codec = 'h264', avatar = createGradientAvatar(lookAheadMs), looped = false }: RigOptions = {}): SessionRig {
  const time = new VirtualTime();
  const scheduler = new MediaScheduler(time);
  const rig = { time, scheduler, avatar, encoders: new LiveEncoders(), events: [], audio: [], video: [], reports: [], closedSenders: 0, startMs: 0 } as unknown as SessionRig;
  const sender: RtpSender = {
    stats: {} as RtpSender['stats'],
    sendAudio: (data, mediaSample) => rig.audio.push({ atMs: time.nowMs(), mediaSample, data }),
    sendVideo: (data, mediaSample, key) => rig.video.push({ atMs: time.nowMs(), mediaSample, data, key }),
    sendReports: (mediaSample) => rig.reports.push(mediaSample),
    receive: () => undefined,
    close: () => rig.closedSenders++,
  };
  rig.startMs = scheduler.startInstantMs(1000 / fps);
  const idleLoop = looped ? idleLoopOf(avatar, { ...SIZE, fps, codec, maxBitrate: MAX_BITRATE }) : undefined;
  rig.session = new RunningMediaSession(
    { avatar, ...SIZE, fps, codec, maxBitrate: MAX_BITRATE, seed: 1, idleLoop, onEvent: (event) => rig.events.push({ ...event, atMs: time.nowMs() }) },
    scheduler,
    sender,
    rig.startMs,
    rig.encoders,
  );
  scheduler.add(rig.session, rig.startMs);
  return rig;
}

/** Encodes an avatar's idle loop at once. */
export function idleLoopOf(avatar: GradientAvatar, options: IdleLoopOptions): IdleLoop {
  const steps = encodeIdleLoop(avatar, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return new IdleLoop(step.value!);
  }
}
