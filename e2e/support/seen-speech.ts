import { betweenMs, sampleCurve, type Curve } from './curve.ts';
import { findLag, trackSound, type Lag, type TrackedSound } from './lag.ts';
import { lipCurve } from './lip-curve.ts';
import type { Recording } from './recording.ts';
import { resampled } from './speech-sample.ts';
import { median, percentile } from './statistics.ts';
import { COMPARE_HZ, onSpeechTime } from './step.ts';
import { trueOpening, type TimedSpeech } from './timed-speech.ts';

const REST_MS = 400;
const MAX_LAG_MS = 200;
/** A contact is looked for this long before and after its phone. */
const CONTACT_MS = 40;
const REST_PICTURES = 8;

/** What a viewer saw of a mouth, against what was said when. */
export interface SeenSpeech {
  sound: TrackedSound;
  /** The mouth behind what it should do for the sound that was heard, and how alike the two are. */
  mouth: Lag;
  /** The gap between the lips, on the time of the speech. */
  lips: Curve;
  /** The gap of a mouth at rest, and what it opens by when it speaks (95th percentile). */
  restGap: number;
  span: number;
  /** Pictures that the viewer got, looked at or not, shown or not. */
  received: number;
}

/** A face mesh costs a third of a second: only pictures from the speech are looked at, and some before it. */
export async function seenSpeech(recording: Recording, speech: TimedSpeech): Promise<SeenSpeech> {
  const sound = trackSound(resampled(speech, COMPARE_HZ), resampled(recording.sound, COMPARE_HZ));
  const speechMs = onSpeechTime({ atMs: recording.frames.map(({ shownAtMs }) => shownAtMs), values: [] }, sound, recording).atMs;
  const timed = recording.frames.map((frame, i) => ({ ...frame, shownAtMs: speechMs[i]! }));
  const lips = await lipCurve(timed.filter(({ shownAtMs }) => shownAtMs >= -MAX_LAG_MS && shownAtMs <= speech.durationMs + MAX_LAG_MS));
  const resting = await lipCurve(timed.filter(({ shownAtMs }) => shownAtMs < -MAX_LAG_MS).slice(-REST_PICTURES));
  const restGap = median(resting.values);
  return {
    received: recording.received,
    sound,
    mouth: findLag(trueOpening(speech, REST_MS), lips, { minMs: -MAX_LAG_MS, maxMs: MAX_LAG_MS }),
    lips,
    restGap,
    span: percentile(betweenMs(lips, 0, speech.durationMs).values, 0.95) - restGap,
  };
}

/** How far the mouth was open at each of these moments: 0 at rest, 1 as far as it goes. Smallest or largest, while it lasts. */
export function openness({ lips, restGap, span }: SeenSpeech, moments: readonly { startMs: number; endMs: number }[], of: (...values: number[]) => number): number[] {
  return moments.map(({ startMs, endMs }) => {
    const [fromMs, toMs] = [startMs - CONTACT_MS, endMs + CONTACT_MS];
    const around = [...betweenMs(lips, fromMs, toMs).values, ...sampleCurve(lips, [fromMs, toMs])];
    return (of(...around) - restGap) / span;
  });
}
