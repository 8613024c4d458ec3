import type { AvatarStream, LoadedAvatar } from '@visavis/engine';

/** What a stream was told, in order. */
export interface HeardPush {
  atSample48k: number;
  /** Root mean square of the piece. */
  level: number;
  length: number;
}

export interface GradientAvatar extends LoadedAvatar {
  readonly pushes: HeardPush[];
  /** The first parameter of each mouth that was known. */
  readonly shapes: { atSample48k: number; jaw: number }[];
  readonly truncations: number[];
  readonly frames: number[];
  failAtFrame: number;
  closed: number;
}

/** A stand-in for tests: a moving gradient whose brightness follows the sound, and a record of every call. */
export function createGradientAvatar(lookAheadMs = 60): GradientAvatar {
  const avatar: GradientAvatar = {
    memoryBytes: 0,
    pushes: [],
    shapes: [],
    truncations: [],
    frames: [],
    failAtFrame: -1,
    closed: 0,
    open({ width, height }): AvatarStream {
      let heardUntil = 0;
      return {
        lookAheadMs,
        push(atSample48k, pcm16k) {
          if (atSample48k !== heardUntil) throw new Error(`audio at ${atSample48k}, expected ${heardUntil}`);
          heardUntil += pcm16k.length * 3;
          const level = Math.sqrt(pcm16k.reduce((sum, value) => sum + value * value, 0) / pcm16k.length);
          avatar.pushes.push({ atSample48k, level, length: pcm16k.length });
        },
        shape(atSample48k, params) {
          if (atSample48k !== heardUntil) throw new Error(`a mouth at ${atSample48k}, expected ${heardUntil}`);
          avatar.shapes.push({ atSample48k, jaw: params[0]! });
        },
        truncate(atSample48k) {
          heardUntil = atSample48k;
          avatar.truncations.push(atSample48k);
        },
        frame(atSample48k, out) {
          if (avatar.frames.length === avatar.failAtFrame) throw new Error('the engine broke');
          if (heardUntil < atSample48k + lookAheadMs * 48) throw new Error(`frame at ${atSample48k} with audio until ${heardUntil}`);
          avatar.frames.push(atSample48k);
          for (let index = 0; index < width * height; index++) out.data[index] = (index + atSample48k / 480) & 0xff;
          out.data.fill(128, width * height);
        },
        // Says "aa" and "ou" in turns, 200 ms each, and as late as an engine may.
        visemeAt: (atSample48k) => (heardUntil < atSample48k + lookAheadMs * 48 ? -1 : Math.floor(atSample48k / 9600) % 2 === 0 ? 10 : 14),
        guessedFrames: 0,
        close() {
          avatar.closed++;
        },
      };
    },
    close: () => undefined,
  };
  return avatar;
}
