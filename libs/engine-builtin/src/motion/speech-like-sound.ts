/*
 * A made-up voice for tests: no recording, no speech synthesiser needed.
 */
const RATE = 16_000;

/**
 * Syllables of a buzzing source through two moving resonances, with pauses and hisses between: loudness and spectrum vary like
 * speech. Mono, 16 kHz, peak about 0.5.
 */
export function speechLikeSound(seconds: number): Float32Array {
  const pcm = new Float32Array(Math.round(seconds * RATE));
  let noise = 12345;
  let phase = 0;
  const memory = new Float64Array(4);
  for (let i = 0; i < pcm.length; i++) {
    const t = i / RATE;
    const syllable = Math.floor(t / 0.23);
    const within = (t % 0.23) / 0.23;
    const pause = syllable % 7 === 6;
    const loudness = pause ? 0 : Math.sin(Math.PI * within) ** 1.5 * (0.45 + 0.55 * (((syllable * 37) % 11) / 10));
    noise = (Math.imul(noise, 1103515245) + 12345) | 0;
    phase += (110 + 25 * Math.sin(t * 3)) / RATE;
    const buzz = 2 * (phase % 1) - 1;
    const hiss = noise / 2147483648;
    const hissing = within > 0.8 && syllable % 3 === 0 ? 0.5 : 0.03;
    const first = resonate(memory, 0, buzz * (1 - hissing), 350 + 350 * ((syllable * 53) % 7) / 6, 90);
    const second = resonate(memory, 2, buzz, 900 + 1100 * ((syllable * 29) % 5) / 4, 140);
    pcm[i] = 0.5 * loudness * Math.tanh(first + 0.5 * second + hissing * hiss);
  }
  return pcm;
}

function resonate(memory: Float64Array, at: number, input: number, hz: number, bandwidthHz: number): number {
  const r = Math.exp((-Math.PI * bandwidthHz) / RATE);
  const value = (1 - r) * input * 2 + 2 * r * Math.cos((2 * Math.PI * hz) / RATE) * memory[at]! - r * r * memory[at + 1]!;
  memory[at + 1] = memory[at]!;
  memory[at] = value;
  return value;
}
