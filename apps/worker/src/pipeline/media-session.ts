/**
 * One live session: speech in, SRTP out. One clock, media time in samples at 48 kHz from `startMs`, paces both streams and stamps them.
 * Sound never waits for pictures; a picture that is overdue by a whole interval is left out, unless it is the idle loop's.
 * Hot path: `runAudio` and `runVideo`. No promise, no logging; allocated are only node-av's and node:crypto's packets.
 */
import { createOpusEncoder, createResampler, type OpusEncoder, type Resampler } from '@visavis/codec';
import {
  drawnSize,
  ENGINE_SAMPLE_RATE_HZ,
  MEDIA_CLOCK_HZ,
  type AvatarStream,
  type Background,
  type Cue,
  type LoadedAvatar,
} from '@visavis/engine';
import type { RtpSender } from '@visavis/rtp';
import type { IdleLoop } from './idle-loop/idle-loop.ts';
import type { LiveEncoders } from './live-encoders.ts';
import { emptyStats, type MediaSessionStats } from './media-stats.ts';
import type { MediaScheduler, MediaTask } from './media-scheduler.ts';
import { PictureTrack } from './picture-track.ts';
import type { PipelineEventHandler } from './pipeline-event.ts';
import { type EnteredCue, PACKET_SAMPLES, SpeechLine, type SpeakOptions } from './speech-line.ts';

const PACKET_MS = 20;
const SAMPLES_PER_MS = MEDIA_CLOCK_HZ / 1000;
const REPORT_EVERY_PACKETS = 50;
const FIRST_REPORT_PACKET = 3;
const SECOND_REPORT_PACKET = 15;
const LATE_MS = 40;
/**
 * A picture leaves this long after the sound of its time. Browsers hold sound back longer than pictures (their jitter buffers differ), and
 * correct that only over many seconds; and a picture that leaves later has heard more of the speech, so sound need not wait for it.
 */
export const VIDEO_HOLD_MS = 20;
/** A machine that slept doesn't send what it missed: the clock goes on from now. */
const MAX_CATCH_UP_MS = 500;
/** What comes beyond it is not done: nobody would see it, and an engine has room for so many only. */
const MAX_ACTS_A_PICTURE = 32;
const ENGINE_PACKET_SAMPLES = (PACKET_SAMPLES * ENGINE_SAMPLE_RATE_HZ) / MEDIA_CLOCK_HZ;
const ENGINE_SILENCE = new Float32Array(ENGINE_PACKET_SAMPLES);
export const DEFAULT_MAX_BITRATE = 2_500_000;

export interface MediaSessionOptions {
  avatar: LoadedAvatar;
  width: number;
  height: number;
  /** A divisor of 48,000: 25, 30, … */
  fps: number;
  codec: 'h264' | 'vp8';
  maxBitrate?: number;
  seed: number;
  background?: Background;
  /** Where it is there already: see `useIdleLoop`. */
  idleLoop?: IdleLoop;
  onEvent: PipelineEventHandler;
}

/** What `createMediaSession` gives its caller. */
export interface MediaSession {
  readonly stats: Readonly<MediaSessionStats>;
  /** Says it after everything that was asked before. */
  speak(options: SpeakOptions): void;
  /** Silence within 10 ms of sound; the current and all waiting utterances end as interrupted. */
  interrupt(): void;
  /** An expression, a gesture or a state, from now on. What is said may bring expressions of its own; this one comes back after them. */
  act(cue: Cue): void;
  /** Another viewer needs a key frame. */
  requestKeyFrame(): void;
  /** Stops sending. Unfinished utterances end as interrupted, unless another worker goes on with them (`handOver`). */
  close(options?: { handOver?: boolean }): void;
}

export class RunningMediaSession implements MediaSession, MediaTask {
  readonly stats: MediaSessionStats = emptyStats();
  nextAudioMs: number;
  nextVideoMs: number;
  private readonly options: MediaSessionOptions;
  private readonly scheduler: MediaScheduler;
  private readonly sender: RtpSender;
  private readonly stream: AvatarStream;
  private readonly line: SpeechLine;
  private readonly opus: OpusEncoder;
  private readonly pictures: PictureTrack;
  private readonly resampler: Resampler;
  private readonly engineSamples: Float32Array;
  private readonly frameIntervalMs: number;
  private readonly frameSamples: number;
  private startMs: number;
  private packetIndex = 0;
  /** The packet that was heard last was silent: the resampler holds nothing any more. */
  private quiet = false;
  private frameIndex = 0;
  private actsSincePicture = 0;
  private ownExpression: Cue = { type: 'expression', expression: 'neutral', strength: 0 };
  private closed = false;

  constructor(options: MediaSessionOptions, scheduler: MediaScheduler, sender: RtpSender, startMs: number, encoders: LiveEncoders) {
    const { avatar, width, height, fps, seed, background, codec, maxBitrate = DEFAULT_MAX_BITRATE } = options;
    if (!Number.isInteger(MEDIA_CLOCK_HZ / fps)) throw new RangeError(`${fps} frames a second don't divide the media clock`);
    this.options = options;
    this.scheduler = scheduler;
    this.sender = sender;
    this.frameSamples = MEDIA_CLOCK_HZ / fps;
    this.frameIntervalMs = this.frameSamples / SAMPLES_PER_MS;
    this.startMs = startMs;
    this.nextAudioMs = startMs;
    this.nextVideoMs = startMs + VIDEO_HOLD_MS;
    this.stream = avatar.open({ width, height, fps, seed, background });
    try {
      this.line = new SpeechLine(Math.ceil((this.stream.lookAheadMs - VIDEO_HOLD_MS) / PACKET_MS), options.onEvent, (at) => this.stream.visemeAt(at));
      this.opus = createOpusEncoder();
      this.resampler = createResampler(MEDIA_CLOCK_HZ, ENGINE_SAMPLE_RATE_HZ);
      this.engineSamples = new Float32Array(ENGINE_PACKET_SAMPLES);
      this.hearFrom(0);
      const encoder = { codec, fps, maxBitrate, ...drawnSize({ width, height, background }) };
      this.pictures = new PictureTrack({ stream: this.stream, encoders, stats: this.stats, encoder, loop: options.idleLoop });
    } catch (error) {
      // An engine's streams may have places that are counted.
      this.stream.close();
      throw error;
    }
  }

  /** The avatar's idle clips, encoded for this session's format: from now on they are sent while nothing else is to be seen. */
  useIdleLoop(loop: IdleLoop): void {
    this.pictures.loop = loop;
  }

  speak(options: SpeakOptions): void {
    if (!this.closed) this.line.speak(options);
  }

  interrupt(): void {
    if (this.closed) return;
    try {
      this.takeBack();
    } catch (error) {
      this.fail(error);
    }
  }

  act(cue: Cue): void {
    if (this.closed || this.actsSincePicture >= MAX_ACTS_A_PICTURE) return;
    if (cue.type === 'expression') this.ownExpression = cue;
    // Before the packet that leaves next: an interruption takes back what comes with it or later, and this is not to be among it.
    this.tellEngine(Math.max(0, this.packetIndex * PACKET_SAMPLES - 1), cue);
  }

  requestKeyFrame(): void {
    this.pictures.requestKeyFrame();
  }

  close({ handOver = false }: { handOver?: boolean } = {}): void {
    if (this.closed) return;
    this.closed = true;
    this.scheduler.remove(this);
    if (handOver) this.line.abandon();
    else this.line.close();
    this.sender.close();
    this.stream.close();
    this.opus.close();
    this.pictures.close();
  }

  runAudio(nowMs: number): void {
    try {
      this.slipIfAsleep(nowMs);
      while (!this.closed && this.nextAudioMs <= nowMs + 1) this.sendPacket();
    } catch (error) {
      this.fail(error);
    }
  }

  runVideo(nowMs: number): void {
    if (this.closed) return;
    try {
      const overdue = Math.floor((nowMs - this.nextVideoMs) / this.frameIntervalMs);
      // The loop's pictures build on each other, from the very first, and cost next to nothing.
      if (overdue > 0 && !this.pictures.looping && this.stats.framesSent > 0) {
        this.stats.framesDropped += overdue;
        this.frameIndex += overdue;
      }
      const dueMs = this.startMs + VIDEO_HOLD_MS + this.frameIndex * this.frameIntervalMs;
      this.sendPicture(dueMs);
      this.frameIndex++;
      this.nextVideoMs = dueMs + this.frameIntervalMs;
    } catch (error) {
      this.fail(error);
    }
  }

  private sendPacket(): void {
    const { stats, line } = this;
    const sample = this.packetIndex * PACKET_SAMPLES;
    const startedMs = performance.now();
    const entering = line.enteredPackets;
    line.enter();
    if (line.mouthKnown) this.stream.shape?.(entering * PACKET_SAMPLES, line.mouth);
    this.hearFrom(entering);
    for (let index = 0; index < line.cues.length; index++) this.actEntered(line.cues[index]!);
    const heardMs = performance.now();
    const packet = this.opus.encode(line.leave());
    stats.engineAudioMs += heardMs - startedMs;
    stats.opusMs += performance.now() - heardMs;
    this.sender.sendAudio(packet, sample);
    stats.audioPackets++;
    this.packetIndex++;
    this.nextAudioMs = this.startMs + this.packetIndex * PACKET_MS;
    line.hasLeft();
    stats.underruns = line.underruns;
    // The first ones soon: until they come, a viewer can't relate sound and picture.
    if (this.packetIndex === FIRST_REPORT_PACKET || this.packetIndex % REPORT_EVERY_PACKETS === SECOND_REPORT_PACKET) this.sender.sendReports(sample);
  }

  private sendPicture(dueMs: number): void {
    const { stats } = this;
    this.actsSincePicture = 0;
    const sample = this.frameIndex * this.frameSamples;
    const { data, key } = this.pictures.next(this.frameIndex, sample, !this.line.expecting);
    this.sender.sendVideo(data, sample, key);
    stats.videoBytes += data.length;
    if (key) stats.keyFrames++;
    const lateMs = this.scheduler.nowMs() - dueMs;
    if (lateMs > LATE_MS) stats.framesLate++;
    if (lateMs > stats.maxLateMs) stats.maxLateMs = lateMs;
    if (stats.framesSent++ === 0) this.options.onEvent({ type: 'sending' });
  }

  /** Lets the engine hear the packets in the line from this one on, at its own rate. */
  private hearFrom(packet: number): void {
    const { line, stream } = this;
    for (let index = packet; index < line.enteredPackets; index++) {
      const silent = line.isSilent(index);
      // One packet of silence behind the last sound, and nothing of it is left.
      const spared = silent && this.quiet;
      if (!spared) this.resampler.process(line.packet(index), this.engineSamples);
      stream.push(index * PACKET_SAMPLES, spared ? ENGINE_SILENCE : this.engineSamples);
      this.quiet = silent;
    }
  }

  /** Silences the line, and lets the engine hear it again as it is now. */
  private takeBack(): void {
    const sample = this.packetIndex * PACKET_SAMPLES;
    if (this.line.interrupt()) {
      this.stream.truncate(sample);
      this.resampler.reset();
      this.hearFrom(this.packetIndex);
    }
    // What was taken back may have been the end of an expression, too.
    if (this.line.everExpressed) this.tellEngine(sample, this.ownExpression);
  }

  private actEntered({ atSample48k, cue }: EnteredCue): void {
    if (cue === 'own expression') this.tellEngine(atSample48k, this.ownExpression);
    else if (this.actsSincePicture < MAX_ACTS_A_PICTURE) this.tellEngine(atSample48k, cue);
  }

  private tellEngine(atSample48k: number, cue: Cue): void {
    this.actsSincePicture++;
    try {
      this.stream.act?.(atSample48k, cue);
    } catch (error) {
      this.fail(error);
    }
  }

  private slipIfAsleep(nowMs: number): void {
    const behindMs = nowMs - this.nextAudioMs;
    if (behindMs <= MAX_CATCH_UP_MS) return;
    this.startMs += behindMs;
    this.nextAudioMs += behindMs;
    this.nextVideoMs += behindMs;
    this.stats.clockSlips++;
  }

  private fail(error: unknown): void {
    if (this.closed) return;
    this.close();
    this.options.onEvent({ type: 'failed', error });
  }
}
