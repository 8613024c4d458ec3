/** Sounds without speech, the same every time. Mono, 48 kHz. */
const RATE_HZ = 48_000;

export type Noise = (samples: number, random: () => number) => Float32Array;

/** Numbers in 0…1 that repeat from their seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const white: Noise = (samples, random) => Float32Array.from({ length: samples }, () => 2 * random() - 1);

/** −3 dB an octave: white noise, each octave held twice as long (Voss and McCartney). */
export const pink: Noise = (samples, random) => {
  const octaves = new Float64Array(12);
  let held = 0;
  return Float32Array.from({ length: samples }, (_, i) => {
    // At each sample one octave changes: the one whose turn it is, the lower the rarer.
    const octave = Math.min(31 - Math.clz32((i + 1) & -(i + 1)), octaves.length - 1);
    held -= octaves[octave]!;
    octaves[octave] = 2 * random() - 1;
    held += octaves[octave]!;
    return (held + 2 * random() - 1) / 13;
  });
};

/** The mains and what hangs on it. */
export const hum: Noise = (samples, random) => {
  const phases = Array.from({ length: 12 }, () => 2 * Math.PI * random());
  return Float32Array.from({ length: samples }, (_, i) => phases.reduce((sum, phase, n) => sum + Math.sin((2 * Math.PI * 50 * (n + 1) * i) / RATE_HZ + phase) / (n + 1), 0) / 3 + 0.02 * (2 * random() - 1));
};

/** Plucked chords over a bass, and a hiss of cymbals on the beat. */
export const music: Noise = (samples, random) => {
  const beat = RATE_HZ / 2;
  const chords = [[0, 4, 7], [9, 12, 16], [5, 9, 12], [7, 11, 14]];
  return Float32Array.from({ length: samples }, (_, i) => {
    const bar = chords[Math.floor(i / (4 * beat)) % chords.length]!;
    const within = (i % beat) / RATE_HZ;
    const note = bar[Math.floor(i / beat) % bar.length]!;
    const voices = [...bar.map((semitone) => ({ semitone, decay: 1.5, level: 0.25 })), { semitone: note + 12, decay: 5, level: 0.5 }, { semitone: bar[0]! - 24, decay: 2, level: 0.6 }];
    const tones = voices.reduce((sum, { semitone, decay, level }) => {
      const cycle = (220 * 2 ** (semitone / 12) * i) / RATE_HZ;
      return sum + level * Math.exp(-decay * within) * [1, 2, 3, 4].reduce((tone, harmonic) => tone + Math.sin(2 * Math.PI * cycle * harmonic) / harmonic ** 1.5, 0);
    }, 0);
    return 0.3 * tones + 0.15 * Math.exp(-25 * within) * (2 * random() - 1);
  });
};

/** In and out, every three seconds: soft noise between 400 and 4000 Hz. */
export const breath: Noise = (samples, random) => {
  let [low, high] = [0, 0];
  return Float32Array.from({ length: samples }, (_, i) => {
    const value = 2 * random() - 1;
    low += (value - low) * (1 - Math.exp((-2 * Math.PI * 4000) / RATE_HZ));
    high += (low - high) * (1 - Math.exp((-2 * Math.PI * 400) / RATE_HZ));
    const t = (i / RATE_HZ) % 3;
    const loudness = t < 1 ? Math.sin(Math.PI * t) ** 2 : t < 1.4 ? 0 : t < 2.6 ? 0.7 * Math.sin((Math.PI * (t - 1.4)) / 1.2) ** 2 : 0;
    return (low - high) * loudness;
  });
};

export function rms(pcm: Float32Array): number {
  return Math.sqrt(pcm.reduce((sum, value) => sum + value * value, 0) / Math.max(pcm.length, 1));
}

export function atLevel(pcm: Float32Array, level: number): Float32Array {
  const factor = level / (rms(pcm) || 1);
  return pcm.map((value) => Math.max(-1, Math.min(1, value * factor)));
}
