import { atLevel, breath, hum, music, pink, randomFrom, rms, white, type Noise } from './noise.ts';
import type { SpokenClip } from './test-set.ts';

const RATE_PER_MS = 48;
const NOISE_S = 12;
const BABBLE_VOICES = 4;

/** How a test clip reaches the listener. */
export interface Condition {
  name: string;
  heard(clip: SpokenClip, all: readonly SpokenClip[], index: number): Float32Array;
}

const inPink = (snrDb: number): Condition => ({
  name: `pink noise at ${snrDb} dB`,
  heard: (clip, _all, index) => mixed(clip, pink(clip.pcm48k.length, randomFrom(1000 + index)), snrDb),
});

const inBabble = (snrDb: number): Condition => ({
  name: `babble at ${snrDb} dB`,
  heard: (clip, all, index) => mixed(clip, babble(all.filter(({ voice }) => voice !== clip.voice), clip.pcm48k.length, randomFrom(2000 + index)), snrDb),
});

export const CLEAN: Condition = { name: 'clean', heard: ({ pcm48k }) => pcm48k };
export const conditions: readonly Condition[] = [CLEAN, inPink(20), inPink(10), inPink(5), inBabble(10)];

/** Sounds that nobody says anything in, each softly and loudly. */
export function soundsWithoutSpeech(): { name: string; pcm48k: Float32Array }[] {
  const kinds: Record<string, Noise> = { 'white noise': white, 'pink noise': pink, hum, music, breath };
  return Object.entries(kinds).flatMap(([name, noise], i) =>
    [-40, -20].map((db) => ({ name: `${name} at ${db} dB of full scale`, pcm48k: atLevel(noise(NOISE_S * 1000 * RATE_PER_MS, randomFrom(i + 1)), 10 ** (db / 20)) })),
  );
}

/** The ratio is that of the speech while it lasts, without its pauses. */
function mixed({ pcm48k, segments }: SpokenClip, noise: Float32Array, snrDb: number): Float32Array {
  const spoken = segments.filter(({ viseme }) => viseme !== 'sil').flatMap(({ startMs, endMs }) => [...pcm48k.subarray(startMs * RATE_PER_MS, endMs * RATE_PER_MS)]);
  const added = atLevel(noise, rms(Float32Array.from(spoken)) / 10 ** (snrDb / 20));
  return pcm48k.map((value, i) => Math.max(-1, Math.min(1, value + added[i]!)));
}

/** Others talking, all at once and equally loud. */
function babble(others: readonly SpokenClip[], samples: number, random: () => number): Float32Array {
  const sum = new Float32Array(samples);
  for (let voice = 0; voice < BABBLE_VOICES; voice++) {
    const { pcm48k } = others[Math.floor(random() * others.length)]!;
    const level = rms(pcm48k) || 1;
    const start = Math.floor(random() * pcm48k.length);
    for (let i = 0; i < samples; i++) sum[i]! += pcm48k[(start + i) % pcm48k.length]! / level;
  }
  return sum;
}
