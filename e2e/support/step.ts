import { drawnWithoutNetwork, thumbnails } from './avatar-motion.ts';
import { sampleCurve, type Curve } from './curve.ts';
import { findLag, trackSound, type Lag, type TrackedSound } from './lag.ts';
import { mainMotion, motionAlong } from './motion.ts';
import type { Recording } from './recording.ts';
import { resampled, type SpeechSample } from './speech-sample.ts';

export const COMPARE_HZ = 16_000;
const MAX_MS = 200;

export interface Step {
  sound: TrackedSound;
  /** How far the sound was stretched or cut on its way, milliseconds. */
  driftMs: number;
  /** The picture behind the sound, and how alike the motion seen is to the one drawn. */
  picture: Lag;
}

/** Compares what a viewer saw and heard of a speech with what was sent and what the engine draws for it. */
export class StepMeter {
  readonly #speech: SpeechSample;
  readonly #mouth: Float32Array;
  readonly #drawn: Curve;

  private constructor(speech: SpeechSample, mouth: Float32Array, drawn: Curve) {
    this.#speech = speech;
    this.#mouth = mouth;
    this.#drawn = drawn;
  }

  /** @param portrait what the avatar was made of */
  static async for(portrait: Uint8Array, speech: SpeechSample): Promise<StepMeter> {
    // Against what the engine draws rather than the loudness: its lips may lead the sound on purpose.
    const drawn = await drawnWithoutNetwork(portrait, speech);
    const mouth = mainMotion(drawn);
    return new StepMeter(speech, mouth, motionAlong(drawn, mouth));
  }

  async measure(recording: Recording): Promise<Step> {
    const sound = trackSound(resampled(this.#speech, COMPARE_HZ), resampled(recording.sound, COMPARE_HZ));
    const seen = onSpeechTime(motionAlong(await thumbnails(recording.frames), this.#mouth), sound, recording);
    return { sound, driftMs: (sound.drift / COMPARE_HZ) * 1000, picture: findLag(this.#drawn, seen, { minMs: -MAX_MS, maxMs: MAX_MS }) };
  }
}

/** A curve of what was seen, at the moments of the speech that was heard then. The sound was tracked at COMPARE_HZ. */
export function onSpeechTime(seen: Curve, { pieces }: TrackedSound, { sound, playedAtMs }: Pick<Recording, 'sound' | 'playedAtMs'>): Curve {
  const heardAt = sampleCurve(playedAtMs, pieces.map((piece) => (piece.heardAt * sound.sampleRateHz) / COMPARE_HZ));
  const behind = { atMs: heardAt, values: pieces.map((piece, i) => heardAt[i]! - (piece.sentAt / COMPARE_HZ) * 1000) };
  const shifts = sampleCurve(behind, seen.atMs);
  return { atMs: seen.atMs.map((at, i) => at - shifts[i]!), values: seen.values };
}
