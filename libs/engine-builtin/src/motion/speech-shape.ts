import { BandSpectrum } from './spectrum.ts';

/*
 * Hot path: no allocation after construction.
 *
 * What a 10 ms step of sound says about the mouth. Loudness against the voice's own level opens the jaw; where the energy lies
 * tells open from close vowels, round from spread ones, and hissing consonants. All memory is in `state`, so that a step can be
 * taken back.
 */
export const HOP_SAMPLES = 160;
export const WINDOW_SAMPLES = 512;

export const shape = { jaw: 0, wide: 1, upperLip: 2, lowerLip: 3, press: 4, emphasis: 5 } as const;
export const SHAPE_COUNT = 6;

const memory = { level: SHAPE_COUNT, floor: SHAPE_COUNT + 1, active: SHAPE_COUNT + 2 } as const;
/** The shapes themselves and what the next step needs to know. */
export const STATE_COUNT = SHAPE_COUNT + 3;

/** Loudness (RMS of full scale) that a voice is taken to have before it was heard. */
const FIRST_LEVEL = 0.1;
const LOWEST_LEVEL = 0.012;
/** Below this nothing is speech, whatever the noise floor. */
const QUIET_RMS = 0.0025;
const JAW_AT_FULL_VOICE = 0.74;
/** Louder still opens little more: the curve bends by this much. */
const JAW_SATURATION = 1.4;

const ATTACK_MS = 22;
const RELEASE_MS = 50;
const HOP_MS = 10;

export class SpeechShape {
  private readonly spectrum = new BandSpectrum(WINDOW_SAMPLES, 16_000, [90, 450, 1100, 2600, 4000, 7900]);

  /** The state before any sound. */
  static initial(state: Float32Array, offset: number): void {
    state.fill(0, offset, offset + STATE_COUNT);
    state[offset + memory.level] = FIRST_LEVEL;
    state[offset + memory.floor] = 0.001;
  }

  /** Takes one step: from the state at `from` to the state at `to`, hearing WINDOW_SAMPLES around it. */
  step(at: (index: number) => number, state: Float32Array, from: number, to: number): void {
    let power = 0;
    const quarter = WINDOW_SAMPLES / 4;
    for (let i = quarter; i < 3 * quarter; i++) power += at(i) * at(i);
    const rms = Math.sqrt(power / (2 * quarter));

    let level = state[from + memory.level]!;
    let floor = state[from + memory.floor]!;
    if (rms > level) level += (rms - level) * 0.25;
    else if (rms > 0.15 * level) level += (Math.max(rms, LOWEST_LEVEL) - level) * 0.0012;
    floor += (rms - floor) * (rms < floor ? 0.2 : 0.002);
    floor = Math.min(floor, 0.12 * level);
    state[to + memory.level] = level;
    state[to + memory.floor] = floor;

    const threshold = Math.max(QUIET_RMS, 2 * floor);
    const gate = ramp(threshold, 3 * threshold, rms);
    const voice = gate * Math.min(rms / level, 1.1) ** 0.7;
    const active = Math.max(gate, state[from + memory.active]! - HOP_MS / 140);
    state[to + memory.active] = active;

    let openVowel = 0.5, hiss = 0, spread = 0;
    if (gate > 0) {
      this.spectrum.analyse(at);
      const [low = 0, first = 0, second = 0, third = 0, high = 0] = this.spectrum.bands;
      const total = low + first + second + third + high + 1e-9;
      const voiced = low + first + second + 1e-9;
      openVowel = ramp(0.08, 0.75, first / (low + first + 1e-9));
      hiss = ramp(0.3, 0.7, (high + 0.5 * third) / total);
      const front = (second + third) / (voiced + third);
      spread = ramp(0.05, 0.3, front) - ramp(0.05, 0.005, front);
    }
    const open = voice * (0.74 + 0.42 * openVowel) * (1 - 0.35 * hiss);
    const dip = active * (1 - gate);

    ease(state, from, to, shape.jaw, jawOpening(open));
    ease(state, from, to, shape.wide, Math.max(-1, Math.min(1, gate * (0.75 * spread + 0.3 * hiss))));
    ease(state, from, to, shape.upperLip, 0.3 * open + 0.2 * hiss * gate);
    ease(state, from, to, shape.lowerLip, 0.3 * open + 0.35 * hiss * gate);
    ease(state, from, to, shape.press, 0.7 * dip);
    state[to + shape.emphasis] = state[from + shape.emphasis]! + (voice - state[from + shape.emphasis]!) * 0.04;
  }
}

/** Shapes fade like this when no more sound follows: the factor after some time. */
export function releaseFactor(elapsedMs: number): number {
  return Math.exp(-elapsedMs / RELEASE_MS);
}

function jawOpening(open: number): number {
  return (JAW_AT_FULL_VOICE * (1 - Math.exp(-JAW_SATURATION * open))) / (1 - Math.exp(-JAW_SATURATION));
}

function ease(state: Float32Array, from: number, to: number, index: number, target: number): void {
  const now = state[from + index]!;
  const timeConstant = Math.abs(target) > Math.abs(now) ? ATTACK_MS : RELEASE_MS;
  const next = now + (target - now) * (1 - Math.exp(-HOP_MS / timeConstant));
  state[to + index] = Math.abs(next) < 1e-4 ? 0 : next;
}

function ramp(low: number, high: number, value: number): number {
  const t = Math.min(Math.max((value - low) / (high - low), 0), 1);
  return t * t * (3 - 2 * t);
}
