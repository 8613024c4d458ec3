import type { RtpSenderStats } from '@visavis/rtp';

const PACKETS_PER_SECOND = 50;

/** What one session did since its start. Times are milliseconds of its thread. */
export interface MediaSessionStats {
  framesSent: number;
  /** Sent more than 40 ms after they were due. */
  framesLate: number;
  /** Left out because the next one was due. */
  framesDropped: number;
  /** Drawn before the engine knew all that their sound says. */
  framesGuessed: number;
  /** Sent from the idle loop, not drawn; and how often a change to it was made. */
  framesFromLoop: number;
  loopSwitches: number;
  maxLateMs: number;
  keyFrames: number;
  videoBytes: number;
  audioPackets: number;
  /** A source of speech that ran dry in mid-sentence. */
  underruns: number;
  /** The machine stood still for longer than could be caught up. */
  clockSlips: number;
  engineAudioMs: number;
  renderMs: number;
  encodeMs: number;
  opusMs: number;
}

export function emptyStats(): MediaSessionStats {
  return {
    framesSent: 0,
    framesLate: 0,
    framesDropped: 0,
    framesGuessed: 0,
    framesFromLoop: 0,
    loopSwitches: 0,
    maxLateMs: 0,
    keyFrames: 0,
    videoBytes: 0,
    audioPackets: 0,
    underruns: 0,
    clockSlips: 0,
    engineAudioMs: 0,
    renderMs: 0,
    encodeMs: 0,
    opusMs: 0,
  };
}

/** What a session did and what it cost, for the log: counts, and milliseconds of its thread by what they were spent on. */
export function figuresOf({ stats, rtpStats }: { stats: Readonly<MediaSessionStats>; rtpStats: Readonly<RtpSenderStats> }): Record<string, number> {
  return {
    seconds: Math.round(stats.audioPackets / PACKETS_PER_SECOND),
    frames: stats.framesSent,
    late: stats.framesLate,
    dropped: stats.framesDropped,
    guessed: stats.framesGuessed,
    from_loop: stats.framesFromLoop,
    loop_switches: stats.loopSwitches,
    key_frames: stats.keyFrames,
    video_packets: rtpStats.videoPackets,
    listen_ms: Math.round(stats.engineAudioMs),
    render_ms: Math.round(stats.renderMs),
    encode_ms: Math.round(stats.encodeMs),
    opus_ms: Math.round(stats.opusMs),
    packetise_ms: Math.round(rtpStats.packetizeMs),
    protect_ms: Math.round(rtpStats.protectMs),
    send_ms: Math.round(rtpStats.sendMs),
  };
}
