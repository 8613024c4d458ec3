import { createVideoEncoder, type VideoEncoder, type VideoEncoderOptions } from '@visavis/codec';
import { allocateI420, type I420Picture } from '@visavis/engine';

/** An encoder with the picture that is drawn for it. */
export interface LiveEncoder {
  readonly encoder: VideoEncoder;
  readonly picture: I420Picture;
}

/** An encoder of 512×512 holds 7 MB and takes 3 ms to open. */
const MAX_SPARE = 4;

/**
 * The encoders of a thread's sessions. A session that sends its idle loop gives its encoder back, and any other one goes on with it: a key
 * frame, with which each begins, forgets all that was before.
 */
export class LiveEncoders {
  private readonly spare: { options: VideoEncoderOptions; live: LiveEncoder }[] = [];

  get spareCount(): number {
    return this.spare.length;
  }

  /** Its first picture has to be a key frame. @throws Error when the codec doesn't open. */
  take(options: VideoEncoderOptions): LiveEncoder {
    for (let index = this.spare.length - 1; index >= 0; index--) {
      if (isSame(this.spare[index]!.options, options)) return this.spare.splice(index, 1)[0]!.live;
    }
    const { width, height } = options;
    return { encoder: createVideoEncoder(options), picture: allocateI420({ width, height }) };
  }

  /** Not to be used by the giver any more. */
  giveBack(options: VideoEncoderOptions, live: LiveEncoder): void {
    this.spare.push({ options, live });
    if (this.spare.length > MAX_SPARE) this.spare.shift()!.live.encoder.close();
  }

  close(): void {
    for (const { live } of this.spare.splice(0)) live.encoder.close();
  }
}

function isSame(a: VideoEncoderOptions, b: VideoEncoderOptions): boolean {
  return a.codec === b.codec && a.width === b.width && a.height === b.height && a.fps === b.fps && a.maxBitrate === b.maxBitrate;
}
