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
