/**
 * One live session: speech in, SRTP out. One clock, media time in samples at 48 kHz from `startMs`, paces both streams and stamps them.
 * Sound never waits for pictures; a picture that is overdue by a whole interval is left out.
 * Hot path: `runAudio` and `runVideo`. No promise, no logging; allocated are only node-av's and node:crypto's packets.
 */
import { createOpusEncoder, createResampler, createVideoEncoder, type OpusEncoder, type Resampler, type VideoEncoder } from '@visavis/codec';
import { allocateI420, MEDIA_CLOCK_HZ, ENGINE_SAMPLE_RATE_HZ, type AvatarStream, type I420Picture, type LoadedAvatar } from '@visavis/engine';
import type { RtpSender } from '@visavis/rtp';
import { emptyStats, type MediaSessionStats } from './media-stats.ts';
import type { MediaScheduler, MediaTask } from './media-scheduler.ts';
import type { PipelineEventHandler } from './pipeline-event.ts';
import { PACKET_SAMPLES, SpeechLine, type SpeakOptions } from './speech-line.ts';

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
const DEFAULT_MAX_BITRATE = 2_500_000;

export interface MediaSessionOptions {
  avatar: LoadedAvatar;
  width: number;
  height: number;
  /** A divisor of 48,000: 25, 30, … */
  fps: number;
  codec: 'h264' | 'vp8';
  maxBitrate?: number;
  seed: number;
  onEvent: PipelineEventHandler;
}

/** What `createMediaSession` gives its caller. */
export interface MediaSession {
  readonly stats: Readonly<MediaSessionStats>;
  /** Says it after everything that was asked before. */
  speak(options: SpeakOptions): void;
  /** Silence within 10 ms of sound; the current and all waiting utterances end as interrupted. */
  interrupt(): void;
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
  private readonly video: VideoEncoder;
  private readonly resampler: Resampler;
  private readonly picture: I420Picture;
  private readonly engineSamples: Float32Array;
  private readonly frameIntervalMs: number;
  private readonly frameSamples: number;
  private startMs: number;
  private packetIndex = 0;
  private frameIndex = 0;
  private keyFrameWanted = true;
  private closed = false;

  constructor(options: MediaSessionOptions, scheduler: MediaScheduler, sender: RtpSender, startMs: number) {
    const { width, height, fps } = options;
    if (!Number.isInteger(MEDIA_CLOCK_HZ / fps)) throw new RangeError(`${fps} frames a second don't divide the media clock`);
    this.options = options;
    this.scheduler = scheduler;
    this.sender = sender;
    this.frameSamples = MEDIA_CLOCK_HZ / fps;
    this.frameIntervalMs = this.frameSamples / SAMPLES_PER_MS;
    this.startMs = startMs;
    this.nextAudioMs = startMs;
    this.nextVideoMs = startMs + VIDEO_HOLD_MS;
    this.stream = options.avatar.open({ width, height, fps, seed: options.seed });
    try {
      this.line = new SpeechLine(Math.ceil((this.stream.lookAheadMs - VIDEO_HOLD_MS) / PACKET_MS), options.onEvent, (at) => this.stream.visemeAt(at));
      this.opus = createOpusEncoder();
      this.video = createVideoEncoder({ codec: options.codec, width, height, fps, maxBitrate: options.maxBitrate ?? DEFAULT_MAX_BITRATE });
      this.picture = allocateI420({ width, height });
      this.resampler = createResampler(MEDIA_CLOCK_HZ, ENGINE_SAMPLE_RATE_HZ);
      this.engineSamples = new Float32Array((PACKET_SAMPLES * ENGINE_SAMPLE_RATE_HZ) / MEDIA_CLOCK_HZ);
      let packet = 0;
      for (const pcm of this.line.pending()) this.hear(packet++ * PACKET_SAMPLES, pcm);
    } catch (error) {
      // An engine's streams may have places that are counted.
      this.stream.close();
      throw error;
    }
  }

  speak(options: SpeakOptions): void {
    if (!this.closed) this.line.speak(options);
  }

  interrupt(): void {
    if (this.closed || !this.line.interrupt()) return;
    let sample = this.packetIndex * PACKET_SAMPLES;
    this.stream.truncate(sample);
    this.resampler.reset();
    for (const pcm of this.line.pending()) {
      this.hear(sample, pcm);
      sample += PACKET_SAMPLES;
    }
  }

  requestKeyFrame(): void {
    this.keyFrameWanted = true;
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
    this.video.close();
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
      if (overdue > 0) {
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
    const entering = sample + line.lookAheadPackets * PACKET_SAMPLES;
    const entered = line.enter();
    if (line.mouthKnown) this.stream.shape?.(entering, line.mouth);
    this.hear(entering, entered);
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
    const sample = this.frameIndex * this.frameSamples;
    const startedMs = performance.now();
    this.stream.frame(sample, this.picture);
    const renderedMs = performance.now();
    stats.framesGuessed = this.stream.guessedFrames;
    const wanted = this.keyFrameWanted;
    this.keyFrameWanted = false;
    const encoded = this.video.encode(this.picture, wanted);
    const encodedMs = performance.now();
    this.sender.sendVideo(encoded.data, sample, encoded.key);
    stats.renderMs += renderedMs - startedMs;
    stats.encodeMs += encodedMs - renderedMs;
    stats.videoBytes += encoded.data.length;
    if (encoded.key) stats.keyFrames++;
    const lateMs = this.scheduler.nowMs() - dueMs;
    if (lateMs > LATE_MS) stats.framesLate++;
    if (lateMs > stats.maxLateMs) stats.maxLateMs = lateMs;
    if (stats.framesSent++ === 0) this.options.onEvent({ type: 'sending' });
  }

  /** Lets the engine hear one packet, at its own rate. */
  private hear(sample: number, pcm: Float32Array): void {
    this.resampler.process(pcm, this.engineSamples);
    this.stream.push(sample, this.engineSamples);
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
