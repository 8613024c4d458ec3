/**
 * Where a session's pictures come from: drawn and encoded now, or, while the avatar does nothing, from its idle loop, which was encoded once.
 *
 *   live ──(idle, and the loop's key frame is due)──► loop
 *    ▲                                                  │
 *    └──(something to show, or a viewer needs a key frame: one of the current picture)
 *
 * Both show the same at a border, since an idle stream's picture is the loop's. Hot path: allocates what node-av allocates, and in the loop nothing.
 */
import type { VideoEncoderOptions } from '@visavis/codec';
import type { AvatarStream } from '@visavis/engine';
import { idrPictureId } from '@visavis/rtp';
import type { CodedPicture, IdleLoop } from './idle-loop/idle-loop.ts';
import type { LiveEncoder, LiveEncoders } from './live-encoders.ts';
import type { MediaSessionStats } from './media-stats.ts';

/** A key frame of the loop that is due so soon is worth waiting for: 80 ms at 25 frames a second. */
const WORTH_WAITING_FRAMES = 2;

export interface PictureTrackOptions {
  stream: AvatarStream;
  encoders: LiveEncoders;
  encoder: VideoEncoderOptions;
  stats: MediaSessionStats;
  loop: IdleLoop | undefined;
}

export class PictureTrack {
  /** The loop; until it is there, all pictures are drawn. */
  loop: IdleLoop | undefined;
  /** The newest picture was the loop's. */
  looping = false;
  private readonly options: PictureTrackOptions;
  private readonly coded: CodedPicture = { data: new Uint8Array(0), key: false };
  private live: LiveEncoder | undefined;
  private keyWanted = true;
  private newestIndex = -1;

  constructor(options: PictureTrackOptions) {
    this.options = options;
    this.loop = options.loop;
    // Opened now, so that a codec that doesn't open is told before anything is sent; but a loop that is there was made by one.
    if (this.loop === undefined) this.live = options.encoders.take(options.encoder);
  }

  requestKeyFrame(): void {
    this.keyWanted = true;
  }

  /**
   * The picture number `index`, due at a media sample. The object is reused by the next call.
   * @param quiet nothing is about to be said.
   */
  next(index: number, atSample48k: number, quiet: boolean): CodedPicture {
    const shown = this.looping ? this.goesOn() && this.fromLoop(atSample48k) : quiet && this.loopBegins(index) && this.fromLoop(atSample48k);
    if (!shown) this.draw(atSample48k);
    this.newestIndex = index;
    if (this.coded.key) this.keyWanted = false;
    return this.coded;
  }

  close(): void {
    this.giveBack();
  }

  private get framesToLoopKey(): number {
    const { stream } = this.options;
    const { loop } = this;
    const length = loop!.clipLength(stream.idleClip);
    let frame = stream.idleFrame + 1;
    while (frame < length && !loop!.isKey(stream.idleClip, frame)) frame++;
    return frame - stream.idleFrame;
  }

  private goesOn(): boolean {
    return this.options.stream.idle && !(this.keyWanted && this.framesToLoopKey > WORTH_WAITING_FRAMES);
  }

  /** Right after another key frame it waits for its next one: two in a row might be taken for one. */
  private loopBegins(index: number): boolean {
    if (this.loop === undefined || this.coded.key) return false;
    // A new stream is idle, and every clip begins with a key frame.
    return this.newestIndex < 0 || (this.options.stream.idle && this.framesToLoopKey === index - this.newestIndex);
  }

  /** False where the loop doesn't go on with this picture: then it has to be drawn. */
  private fromLoop(atSample48k: number): boolean {
    const { stream, stats } = this.options;
    const loop = this.loop!;
    const { idleClip, idleFrame } = stream;
    stream.skip(atSample48k);
    if (!stream.idle) return false;
    const key = loop.isKey(stream.idleClip, stream.idleFrame);
    if (!key && !(this.looping && stream.idleClip === idleClip && stream.idleFrame === idleFrame + 1)) return false;
    if (!this.looping) {
      this.looping = true;
      stats.loopSwitches++;
      this.giveBack();
    }
    this.coded.data = loop.unit(stream.idleClip, stream.idleFrame);
    this.coded.key = key;
    stats.framesFromLoop++;
    return true;
  }

  private draw(atSample48k: number): void {
    const { stream, encoders, encoder, stats } = this.options;
    if (this.looping) {
      this.looping = false;
      this.keyWanted = true;
    }
    const live = (this.live ??= encoders.take(encoder));
    const startedMs = performance.now();
    stream.frame(atSample48k, live.picture);
    const renderedMs = performance.now();
    this.encode(live);
    stats.renderMs += renderedMs - startedMs;
    stats.encodeMs += performance.now() - renderedMs;
    stats.framesGuessed = stream.guessedFrames;
  }

  private encode(live: LiveEncoder): void {
    const { coded } = this;
    const afterKey = coded.key && this.options.encoder.codec === 'h264' ? idrPictureId(coded.data) : -1;
    try {
      let encoded = live.encoder.encode(live.picture, this.keyWanted);
      // Two key frames in a row, of two encoders: a decoder tells them apart by this number, of which there are two.
      if (encoded.key && afterKey >= 0 && idrPictureId(encoded.data) === afterKey) encoded = live.encoder.encode(live.picture, true);
      coded.data = encoded.data;
      coded.key = encoded.key;
    } catch (error) {
      this.live = undefined;
      live.encoder.close();
      throw error;
    }
  }

  private giveBack(): void {
    if (this.live !== undefined) this.options.encoders.giveBack(this.options.encoder, this.live);
    this.live = undefined;
  }
}
