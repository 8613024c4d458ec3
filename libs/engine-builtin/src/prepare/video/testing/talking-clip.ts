import { readFile } from 'node:fs/promises';
import { encodeVideoFile } from '@visavis/codec/testing';
import type { VideoFileFormat } from '@visavis/codec/testing';
import { allocateI420, MEDIA_CLOCK_HZ } from '@visavis/engine';
import type { I420Picture, PictureSize } from '@visavis/engine';
import { createBuiltinEngine } from '../../../index.ts';
import { mouthParam, MOUTH_PARAM_COUNT } from '../../../motion/mouth-pose.ts';
import { speechLikeSound } from '../../../motion/speech-like-sound.ts';

const FPS = 25;
/** The engine takes the mouth in steps of 20 ms. */
const STEP_SAMPLES = 960;
const STEPS_PER_SYLLABLE = 12;

/** What is said over and over: vowels of several shapes, with closures between them. */
const SYLLABLES: readonly Partial<Record<keyof typeof mouthParam, number>>[] = [
  { jaw: 0.8, upperLip: 0.4, lowerLip: 0.5 },
  { press: 1 },
  { jaw: 0.3, spread: 0.8, upperLip: 0.3, lowerLip: 0.3 },
  { jaw: 0.35, round: 0.9 },
  { press: 1 },
  { jaw: 0.55, lowerLip: 0.4 },
  { teeth: 1 },
  { jaw: 0.5, round: 0.5 },
  { jaw: 0.2, spread: 0.4, tongue: 1 },
];

export interface TalkingClip {
  pictures: I420Picture[];
  pcm48k: Float32Array;
}

export interface TalkingClipOptions {
  /** A painting in assets/stock. */
  painting?: string;
  size?: PictureSize;
  speakS: number;
  listenS: number;
}

/** A clip of a painting that speaks for a while and then listens, made by this engine: tests need no living people. */
export async function talkingClip({ painting = 'leonardo-mona-lisa', size = { width: 512, height: 512 }, speakS, listenS }: TalkingClipOptions): Promise<TalkingClip> {
  const engine = createBuiltinEngine();
  const { bundle } = await engine.prepare(await readFile(new URL(`../../../../assets/stock/${painting}.jpg`, import.meta.url)));
  const avatar = await engine.load(bundle, size);
  const stream = avatar.open({ ...size, fps: FPS, seed: 4 });
  const seconds = speakS + listenS;
  const pictures: I420Picture[] = [];
  const params = new Float32Array(MOUTH_PARAM_COUNT);
  for (let step = 0; step * STEP_SAMPLES < speakS * MEDIA_CLOCK_HZ; step++) {
    mouthAt(step, params);
    stream.shape?.(step * STEP_SAMPLES, params);
  }
  const silence = new Float32Array(16_000);
  for (let second = 0; second < seconds + 1; second++) stream.push(second * MEDIA_CLOCK_HZ, silence);
  for (let frame = 0; frame < seconds * FPS; frame++) {
    const picture = allocateI420(size);
    stream.frame((frame * MEDIA_CLOCK_HZ) / FPS, picture);
    pictures.push(picture);
  }
  stream.close();
  avatar.close();
  const sound = speechLikeSound(speakS);
  const pcm48k = Float32Array.from({ length: seconds * MEDIA_CLOCK_HZ }, (_, i) => sound[Math.floor(i / 3)] ?? 0);
  return { pictures, pcm48k };
}

export function clipFile({ pictures, pcm48k }: TalkingClip, format: Partial<VideoFileFormat> = {}): Buffer {
  return encodeVideoFile({ extension: 'mp4', encoder: 'libx264', fps: FPS, pcm48k, ...format }, pictures);
}

/** Goes from syllable to syllable, with another openness each time round. */
function mouthAt(step: number, params: Float32Array): void {
  const place = step / STEPS_PER_SYLLABLE;
  const index = Math.floor(place);
  const part = place - index;
  const blend = part * part * (3 - 2 * part);
  const loudness = (round: number): number => 0.6 + 0.4 * Math.sin(2.3 * round);
  params.fill(0);
  for (const [i, weight] of [[index, 1 - blend], [index + 1, blend]] as const) {
    const round = Math.floor(i / SYLLABLES.length);
    for (const [name, value] of Object.entries(SYLLABLES[i % SYLLABLES.length]!)) {
      const whole = name === 'press' || name === 'teeth' ? value : value * loudness(round);
      params[mouthParam[name as keyof typeof mouthParam]]! += weight * whole;
    }
  }
}
