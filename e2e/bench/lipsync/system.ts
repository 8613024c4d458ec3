import type { MouthMotion, VisemeSegment } from '@visavis/viseme-net';

/** A sound to move a mouth to, at both rates that systems want. */
export interface HeardSound {
  pcm48k: Float32Array;
  pcm16k: Float32Array;
  /** What is said, for systems that are told so; empty where nothing is, or nobody knows. */
  segments: readonly VisemeSegment[];
}

/** Something that moves mouths. A line for another one is added in `systems.ts`. */
export interface LipSyncSystem {
  name: string;
  /** What was set or mended, for a reader of the table. */
  note: string;
  /** The mouth as it is shown at times 0, 20, 40 … ms of the sound, with whatever delay the system has. Sound past the end is silence. */
  watch(sound: HeardSound, steps: number): MouthMotion | Promise<MouthMotion>;
}
