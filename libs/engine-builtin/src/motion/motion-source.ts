import { ENGINE_SAMPLE_RATE_HZ, MEDIA_CLOCK_HZ } from '@visavis/engine';
import type { Cue } from '@visavis/engine';
import { LOOK_AHEAD_MS, MOUTH_PARAMS, STEP_DELAY_MS, STEP_MS, stepOfMs, VISEMES } from '@visavis/viseme-net';
import type { VisemeStream } from '@visavis/viseme-net';
import { CueMotion } from './cue-motion.ts';
import { ExtraBlink } from './extra-blink.ts';
import type { FaceTraits } from './face-traits.ts';
import { IdleTrack, photoIdleClips } from './idle-clips.ts';
import type { IdleClips } from './idle-clips.ts';
import { KnownMouth } from './known-mouth.ts';
import { MouthDynamics } from './mouth-dynamics.ts';
import { MouthGate } from './mouth-gate.ts';
import { applyMouth } from './mouth-pose.ts';
import { channel, CHANNEL_COUNT, mouthChannels } from './pose.ts';
import type { FacePose } from './pose.ts';
import { SoundAhead } from './sound-ahead.ts';
import { SpeechMotion } from './speech-motion.ts';

/*
 * Hot path: no allocation after construction.
 *
 * From sound and cues to poses: what the renderer draws. Three layers, added up:
 *
 *   idle     frame by frame from the bundle's idle clips, in an order drawn from the seed
 *   speech   the mouth, which the lip sync network says every 20 ms, or the times of phones; head and brows by the voice's stress;
 *            blinks at the ends of phrases
 *   cues     expression, gestures, listening and thinking
 *
 * Speech and cues come from zero and go back to exactly zero, within a second after the last sound. Then `idle` is true, and the pose is,
 * to the bit, the one of frame `idleFrame` of clip `idleClip`.
 *
 *   const clips = photoIdleClips(traits, fps);              // or videoIdleClips; once per bundle and fps
 *   const motion = new MotionSource(sound, seed, traits, clips);
 *   motion.push(at, pcm); motion.act(at, cue);
 *   motion.poseAt(at, pose);                                // draws pose over base picture motion.base, or instead:
 *   motion.skip(at);                                        // time goes on, nothing is drawn
 */
const CLOCK_PER_SAMPLE = MEDIA_CLOCK_HZ / ENGINE_SAMPLE_RATE_HZ;
const CLOCK_PER_MS = MEDIA_CLOCK_HZ / 1000;
/** Audio may be pushed this far ahead of the newest frame. */
export const MAX_AHEAD_MS = 30_000;
/** Where nothing more is known, because sound was taken back or an answer is late, the mouth keeps its shape this long, and then closes. */
const HOLD_MS = 40;
const CLOSING_MS = 60;
const SILENT = VISEMES.indexOf('sil');
const USUAL_FPS = 25;

export type { FaceTraits } from './face-traits.ts';

/** Frames whose times are not all steps of the network lie between two of them, and must wait for the later one. */
export function motionLookAheadMs(fps: number): number {
  return Number.isInteger(1000 / fps / STEP_MS) ? LOOK_AHEAD_MS : LOOK_AHEAD_MS + STEP_MS;
}

export class MotionSource {
  /** Whether the newest pose is the idle layer's alone and nothing else is known to come. */
  idle = false;
  private readonly sound: VisemeStream;
  private readonly traits: FaceTraits;
  private readonly clips: IdleClips;
  private readonly track: IdleTrack;
  private readonly wanted = new Float32Array(MOUTH_PARAMS.length);
  private readonly known = new KnownMouth();
  private readonly mouth = new MouthDynamics();
  private readonly gate = new MouthGate();
  private readonly ahead: SoundAhead;
  private readonly speech: SpeechMotion;
  private readonly cues: CueMotion;
  private readonly blink: ExtraBlink;
  private readonly pose: FacePose = new Float32Array(CHANNEL_COUNT);
  private speechSteps = 0;
  /** Media time of the newest pose. */
  private newest = 0;
  private started = false;

  /** @param sound is closed by its maker. */
  constructor(sound: VisemeStream, seed: number, traits: FaceTraits = { mouthGain: 1, sway: 1 }, clips: IdleClips = photoIdleClips(traits, USUAL_FPS)) {
    this.sound = sound;
    this.traits = traits;
    this.clips = clips;
    this.track = new IdleTrack(clips, seed);
    this.blink = new ExtraBlink(clips);
    this.ahead = new SoundAhead(sound);
    this.speech = new SpeechMotion(seed);
    this.cues = new CueMotion(seed);
  }

  /** @throws RangeError when the piece doesn't follow the last one, or reaches too far ahead of the frames. */
  push(atSample48k: number, pcm16k: Float32Array): void {
    const start = Math.round(atSample48k / CLOCK_PER_SAMPLE);
    if (start !== this.sound.endSample) {
      throw new RangeError(`audio must follow on: expected a piece at ${this.sound.endSample * CLOCK_PER_SAMPLE}, got ${atSample48k}`);
    }
    const aheadMs = ((start + pcm16k.length) * CLOCK_PER_SAMPLE - this.newest) / CLOCK_PER_MS;
    if (aheadMs > MAX_AHEAD_MS) throw new RangeError(`audio was pushed ${Math.round(aheadMs)} ms ahead; at most ${MAX_AHEAD_MS} are kept`);
    this.sound.push(pcm16k);
    this.ahead.push(start, pcm16k);
  }

  /** The mouth at a multiple of 20 ms is known. */
  shape(atSample48k: number, params: Float32Array): void {
    this.known.set(Math.round(stepAt(atSample48k)), params);
  }

  /** @throws RangeError when hundreds of cues wait for their time. */
  act(atSample48k: number, cue: Cue): void {
    this.cues.add(atSample48k, cue);
  }

  /** Takes back sound, shapes and cues from a time on. */
  truncate(atSample48k: number): void {
    const sample = Math.round(atSample48k / CLOCK_PER_SAMPLE);
    this.sound.truncate(sample);
    this.known.truncate(stepAt(atSample48k));
    this.ahead.truncate(sample, Math.floor(stepAt(this.newest)));
    this.cues.truncate(atSample48k);
  }

  /** Writes the pose at a time; times rise from call to call. */
  poseAt(atSample48k: number, pose: FacePose): void {
    this.moveTo(atSample48k);
    pose.set(this.pose);
  }

  /** Lets time pass without a pose; times as for `poseAt`, and the same time may be asked for afterwards. */
  skip(atSample48k: number): void {
    this.moveTo(atSample48k);
  }

  /** The idle clip of the newest pose, and the frame of it. */
  get idleClip(): number {
    return this.track.clip;
  }

  get idleFrame(): number {
    return this.track.frame;
  }

  /** Index of the base picture that the newest pose moves. */
  get base(): number {
    return this.clips.clips[this.track.clip]!.bases[this.track.frame]!;
  }

  /** What the newest pose's mouth was made of: the network's eight parameters. */
  get shownMouth(): Float32Array {
    return this.mouth.shown;
  }

  /** Index of the viseme at a time, or −1 where it is not known. */
  visemeAt(atSample48k: number): number {
    return this.sound.visemeAt(Math.round(stepAt(atSample48k)));
  }

  /** Frames that were drawn before the network had answered for them. */
  get guessedFrames(): number {
    return this.sound.lateAnswers;
  }

  private moveTo(at: number): void {
    if (this.started && at === this.newest) {
      // Nothing moves, but more may be known to come.
      this.idle = this.idle && this.isIdle(stepAt(at));
      return;
    }
    const elapsedS = this.started ? Math.max(0, at - this.newest) / MEDIA_CLOCK_HZ : 1 / this.clips.fps;
    this.started = true;
    this.newest = at;
    const nowS = at / MEDIA_CLOCK_HZ;
    const step = stepAt(at);
    this.moveMouth(step, elapsedS);
    if (this.cues.begin(at, nowS)) this.speech.emphasise();
    this.followVoice(step);
    this.cues.advance(nowS, elapsedS);
    this.addLayers(nowS);
    this.idle = this.isIdle(step);
  }

  private addLayers(nowS: number): void {
    const { pose, traits, gate } = this;
    const { sway } = traits;
    this.track.at(Math.round(nowS * this.clips.fps));
    const { poses } = this.clips.clips[this.track.clip]!;
    const from = this.track.frame * CHANNEL_COUNT;
    for (let i = 0; i < CHANNEL_COUNT; i++) pose[i] = poses[from + i]!;
    applyMouth(this.mouth.shown, 0, traits.mouthGain, pose);
    const { value } = this.speech;
    for (let i = 0; i < CHANNEL_COUNT; i++) {
      if (mouthChannels[i] === 1) pose[i]! *= gate.value;
      else pose[i]! += value[i]! * (i === channel.yaw || i === channel.roll ? sway : 1);
    }
    const lids = this.blink.valueAt(nowS, this.speech.blinkS, this.track.clip, this.track.frame);
    pose[channel.blinkLeft] = Math.max(pose[channel.blinkLeft]!, lids);
    pose[channel.blinkRight] = Math.max(pose[channel.blinkRight]!, lids);
    this.cues.addTo(pose, gate.free * (1 - pose[channel.press]!), traits.mouthGain, sway);
    for (let i = 0; i < UP_TO_ONE.length; i++) pose[UP_TO_ONE[i]!] = Math.min(pose[UP_TO_ONE[i]!]!, 1);
  }

  private isIdle(step: number): boolean {
    return (
      this.gate.value === 0 && this.speech.atRest && this.cues.atRest && this.blink.isOver(this.newest / MEDIA_CLOCK_HZ) &&
      !this.known.reaches(step) && !this.ahead.hasSpeechFrom(Math.floor(step))
    );
  }

  private moveMouth(step: number, elapsedS: number): void {
    this.shapeAt(step);
    this.known.show(step, this.wanted);
    this.mouth.follow(this.wanted, 1000 * elapsedS);
    this.gate.follow(this.mouth.shown, elapsedS);
  }

  /** The shape that the network wants, at a place between steps. */
  private shapeAt(place: number): void {
    const { params } = this.sound;
    const step = Math.floor(place);
    const part = place - step;
    if (this.sound.need(Math.ceil(place))) {
      const before = this.sound.paramsOffset(step);
      const after = this.sound.paramsOffset(step + 1);
      for (let i = 0; i < MOUTH_PARAMS.length; i++) this.wanted[i] = part === 0 ? params[before + i]! : params[before + i]! * (1 - part) + params[after + i]! * part;
      return;
    }
    const last = this.sound.knownSteps - 1;
    const sinceMs = (place - last) * STEP_MS - HOLD_MS;
    const kept = last < 0 ? 0 : sinceMs > 0 ? Math.exp(-sinceMs / CLOSING_MS) : 1;
    const at = this.sound.paramsOffset(Math.max(last, 0));
    for (let i = 0; i < MOUTH_PARAMS.length; i++) this.wanted[i] = kept * params[at + i]!;
  }

  private followVoice(place: number): void {
    const step = Math.floor(place);
    const until = Math.min(step + 1, this.sound.knownSteps);
    for (; this.speechSteps < until; this.speechSteps++) {
      this.speech.step(secondsOf(this.speechSteps), this.sound.loudnessAt(this.speechSteps), this.sound.visemeAt(this.speechSteps) !== SILENT);
    }
    // Nothing is said while nothing is heard.
    for (; this.speechSteps <= step && step >= this.sound.heardSteps; this.speechSteps++) this.speech.step(secondsOf(this.speechSteps), 0, false);
    this.speech.settle(place - step);
  }
}

/** What more of doesn't show more. */
const UP_TO_ONE: readonly number[] = [
  channel.blinkLeft, channel.blinkRight, channel.brow, channel.smile, channel.frown, channel.browInner, channel.browFurrow, channel.squint, channel.eyesWide,
];

function stepAt(atSample48k: number): number {
  return stepOfMs(atSample48k / CLOCK_PER_MS);
}

function secondsOf(step: number): number {
  return (step * STEP_MS - STEP_DELAY_MS) / 1000;
}
