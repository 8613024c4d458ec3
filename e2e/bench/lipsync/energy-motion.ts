import { MOUTH_PARAMS, MOUTH_STEP_MS, param, type MouthMotion } from '@visavis/viseme-net';
import { bandSpectrum } from './spectrum.ts';

/*
 * What the product moved its mouths with before it had a network: loudness against the voice's own level opens the jaw; where the
 * energy lies tells open from close vowels, round from spread ones, and hissing consonants. Kept to be compared with.
 */
const HOP = 160;
const WINDOW = 512;
const HOP_MS = 10;
/** The shape shown is that of this much later, which undoes the smoothing's delay. */
const LEAD_MS = 24;
/** No lip or jaw goes faster than this, in parts of its way per millisecond. */
const MAX_SPEED_PER_MS = 0.009;

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

interface Shape {
  jaw: number;
  wide: number;
  upperLip: number;
  lowerLip: number;
  press: number;
}

const shapes = ['jaw', 'wide', 'upperLip', 'lowerLip', 'press'] as const;

/** Mono samples at 16 kHz to the mouth at times 0, 20, 40 … ms. */
export function energyMotion(pcm: Float32Array, steps: number): MouthMotion {
  const track = shapeTrack(pcm, (steps * MOUTH_STEP_MS) / HOP_MS + Math.ceil(LEAD_MS / HOP_MS) + 2);
  const params = new Float32Array(steps * MOUTH_PARAMS.length);
  const shown: Shape = { jaw: 0, wide: 0, upperLip: 0, lowerLip: 0, press: 0 };
  const furthest = MAX_SPEED_PER_MS * MOUTH_STEP_MS;
  for (let step = 0; step < steps; step++) {
    const position = (step * MOUTH_STEP_MS + LEAD_MS) / HOP_MS;
    const [before, after] = [track[Math.floor(position)]!, track[Math.floor(position) + 1]!];
    const part = position % 1;
    for (const name of shapes) {
      const way = before[name] * (1 - part) + after[name] * part - shown[name];
      shown[name] += Math.min(Math.max(way, -furthest), furthest);
    }
    const set = (name: keyof typeof param, value: number) => (params[step * MOUTH_PARAMS.length + param[name]] = value);
    for (const name of ['jaw', 'upperLip', 'lowerLip', 'press'] as const) set(name, shown[name]);
    set('spread', Math.max(shown.wide, 0));
    set('round', Math.max(-shown.wide, 0));
  }
  return { params };
}

/** The shape every 10 ms; each hears the samples around its moment. */
function shapeTrack(pcm: Float32Array, count: number): Shape[] {
  const bandsOf = bandSpectrum(WINDOW, 16_000, [90, 450, 1100, 2600, 4000, 7900]);
  const track: Shape[] = [{ jaw: 0, wide: 0, upperLip: 0, lowerLip: 0, press: 0 }];
  let [level, floor, active] = [FIRST_LEVEL, 0.001, 0];
  for (let hop = 1; hop < count; hop++) {
    const start = hop * HOP - WINDOW / 2;
    const at = (index: number) => pcm[start + index] ?? 0;
    let power = 0;
    for (let i = WINDOW / 4; i < (3 * WINDOW) / 4; i++) power += at(i) * at(i);
    const rms = Math.sqrt(power / (WINDOW / 2));
    if (rms > level) level += (rms - level) * 0.25;
    else if (rms > 0.15 * level) level += (Math.max(rms, LOWEST_LEVEL) - level) * 0.0012;
    floor += (rms - floor) * (rms < floor ? 0.2 : 0.002);
    floor = Math.min(floor, 0.12 * level);

    const threshold = Math.max(QUIET_RMS, 2 * floor);
    const gate = ramp(threshold, 3 * threshold, rms);
    const voice = gate * Math.min(rms / level, 1.1) ** 0.7;
    active = Math.max(gate, active - HOP_MS / 140);

    let [openVowel, hiss, spread] = [0.5, 0, 0];
    if (gate > 0) {
      const [low = 0, first = 0, second = 0, third = 0, high = 0] = bandsOf(at);
      openVowel = ramp(0.08, 0.75, first / (low + first + 1e-9));
      hiss = ramp(0.3, 0.7, (high + 0.5 * third) / (low + first + second + third + high + 1e-9));
      const front = (second + third) / (low + first + second + third + 1e-9);
      spread = ramp(0.05, 0.3, front) - ramp(0.05, 0.005, front);
    }
    const open = voice * (0.74 + 0.42 * openVowel) * (1 - 0.35 * hiss);
    const last = track[hop - 1]!;
    track.push({
      jaw: eased(last.jaw, jawOpening(open)),
      wide: eased(last.wide, Math.max(-1, Math.min(1, gate * (0.75 * spread + 0.3 * hiss)))),
      upperLip: eased(last.upperLip, 0.3 * open + 0.2 * hiss * gate),
      lowerLip: eased(last.lowerLip, 0.3 * open + 0.35 * hiss * gate),
      press: eased(last.press, 0.7 * active * (1 - gate)),
    });
  }
  return track;
}

function jawOpening(open: number): number {
  return (JAW_AT_FULL_VOICE * (1 - Math.exp(-JAW_SATURATION * open))) / (1 - Math.exp(-JAW_SATURATION));
}

function eased(now: number, target: number): number {
  const next = now + (target - now) * (1 - Math.exp(-HOP_MS / (Math.abs(target) > Math.abs(now) ? ATTACK_MS : RELEASE_MS)));
  return Math.abs(next) < 1e-4 ? 0 : next;
}

function ramp(low: number, high: number, value: number): number {
  const t = Math.min(Math.max((value - low) / (high - low), 0), 1);
  return t * t * (3 - 2 * t);
}
