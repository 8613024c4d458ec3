/**
 * The speech of one session as a line of 20 ms packets: what enters is heard by the engine, what leaves, `lookAheadPackets` later, by
 * the viewers. Pure bookkeeping in whole packets, driven by the session's clock: no timer and no time of its own.
 * Hot path: nothing is allocated per packet.
 */
import type { Cue } from '@visavis/engine';
import { MOUTH_PARAMS } from '@visavis/viseme-net';
import type { PipelineEventHandler } from './pipeline-event.ts';
import { SpeechFeed, type SpeechSource, type SpeechSourceOpener } from './speech-feed.ts';
import { UtteranceVisemes } from './utterance-visemes.ts';

export const PACKET_SAMPLES = 960;
const SAMPLES_PER_MS = 48;
const FADE_SAMPLES = 480;
const EDGE_SAMPLES = 240;
const POSITION_EVERY_SAMPLES = 48_000;
/** Enough that a source which delivers in pieces doesn't stutter at once. */
const START_SAMPLES = 2 * PACKET_SAMPLES;
/** After running dry, wait for more before going on: one gap is better than many. */
const RESUME_SAMPLES = 4 * PACKET_SAMPLES;
/** The utterance that speaks and the one after it are read ahead, so that sentences follow without a gap. */
const FEEDS_OPEN = 2;

export interface SpeakOptions {
  utteranceId: string;
  source: SpeechSource | SpeechSourceOpener;
  /** How much was already heard, when another worker began it. */
  startAtMs?: number;
  /** Report what it looks like, too. */
  visemes?: boolean;
}

/** A cue that has entered the line. */
export interface EnteredCue {
  atSample48k: number;
  /** `own expression`: the utterance's is over, and the session's own comes back. */
  cue: Cue | 'own expression';
}

interface Utterance {
  id: string;
  feed: SpeechFeed;
  startAtMs: number;
  visemes: UtteranceVisemes | undefined;
  sentSamples: number;
  interrupted: boolean;
  ended: boolean;
}

interface Slot {
  pcm: Float32Array;
  utterance: Utterance | undefined;
  /** How many of the samples are the utterance's. */
  samples: number;
  /** The utterance's last packet. */
  last: boolean;
  silent: boolean;
}

export class SpeechLine {
  readonly lookAheadPackets: number;
  /** How often a source ran dry in mid-sentence. */
  underruns = 0;
  /** The mouth at the first sample of the packet that entered last … */
  readonly mouth = new Float32Array(MOUTH_PARAMS.length);
  /** … if it is known. */
  mouthKnown = false;
  /** What the avatar is to do with the packet that entered last. */
  readonly cues: EnteredCue[] = [];
  /** Some speech brought an expression: an interruption may take back the end of it, too. */
  everExpressed = false;
  /** What is being said has brought an expression. */
  private expressed = false;
  private readonly slots: Slot[] = [];
  private entered: number;
  private left = 0;
  private readonly queue: Utterance[] = [];
  private readonly cut: Utterance[] = [];
  private running = false;
  private dry = false;
  private readonly onEvent: PipelineEventHandler;
  private readonly visemeAt: (atSample48k: number) => number;

  /**
   * @param lookAheadPackets at least 1: an interruption fades out what is still in the line.
   * @param visemeAt see AvatarStream.
   */
  constructor(lookAheadPackets: number, onEvent: PipelineEventHandler, visemeAt: (atSample48k: number) => number) {
    this.lookAheadPackets = Math.max(1, lookAheadPackets);
    this.onEvent = onEvent;
    this.visemeAt = visemeAt;
    for (let index = 0; index <= this.lookAheadPackets; index++) {
      this.slots.push({ pcm: new Float32Array(PACKET_SAMPLES), utterance: undefined, samples: 0, last: false, silent: true });
    }
    this.entered = this.lookAheadPackets;
  }

  /** Something will be said, and has not entered as a whole. */
  get expecting(): boolean {
    return this.queue.length > 0;
  }

  /** How many packets have entered, from the session's start. */
  get enteredPackets(): number {
    return this.entered;
  }

  speak({ utteranceId, source, startAtMs = 0, visemes = false }: SpeakOptions): void {
    const open: SpeechSourceOpener = typeof source === 'function' ? source : () => source;
    const feed = new SpeechFeed(open, Math.round(startAtMs * SAMPLES_PER_MS));
    this.queue.push({
      id: utteranceId,
      feed,
      startAtMs,
      visemes: visemes ? new UtteranceVisemes(startAtMs, this.visemeAt) : undefined,
      sentSamples: 0,
      interrupted: false,
      ended: false,
    });
    this.openFeeds();
  }

  /** The next packet enters the line: its samples, valid until it has left. Call once per packet, before `leave`. */
  enter(): Float32Array {
    const at = this.entered * PACKET_SAMPLES;
    const slot = this.slotAt(this.entered++);
    clearSlot(slot);
    this.mouthKnown = false;
    this.cues.length = 0;
    const utterance = this.queue[0];
    if (utterance !== undefined) this.fill(slot, utterance, at);
    return slot.pcm;
  }

  /** The packet that is due now. Send it, then call `hasLeft`. */
  leave(): Float32Array {
    return this.slotAt(this.left).pcm;
  }

  /** The due packet is on the wire: reports what began, went on or ended with it. */
  hasLeft(): void {
    const at = this.left * PACKET_SAMPLES;
    const slot = this.slotAt(this.left++);
    const { utterance } = slot;
    if (utterance !== undefined) this.account(utterance, slot, at);
    while (this.cut.length > 0) this.end(this.cut.shift()!);
  }

  /**
   * Stops everything that is being said or waiting: what is due next fades out within 10 ms.
   * Returns true when packets in the line changed, and the engine must hear them again.
   */
  interrupt(): boolean {
    const stopped = new Set<Utterance>();
    for (let index = this.left; index < this.entered; index++) {
      const { utterance } = this.slotAt(index);
      // One that is fading out already was stopped before.
      if (utterance !== undefined && !utterance.interrupted) stopped.add(utterance);
    }
    const inLine = stopped.size > 0;
    for (const utterance of this.queue) stopped.add(utterance);
    if (stopped.size === 0) return false;

    const next = this.slotAt(this.left);
    if (next.utterance !== undefined && !next.utterance.interrupted) {
      // What ends by itself within the fade isn't interrupted.
      if (!(next.last && next.samples <= FADE_SAMPLES)) {
        fadeOut(next);
        next.utterance.interrupted = true;
        next.utterance.feed.cancel();
      }
      stopped.delete(next.utterance);
    }
    for (let index = this.left + 1; index < this.entered; index++) clearSlot(this.slotAt(index));
    for (const utterance of stopped) {
      utterance.interrupted = true;
      utterance.feed.cancel();
      this.cut.push(utterance);
    }
    this.queue.length = 0;
    this.running = false;
    this.dry = false;
    this.expressed = false;
    this.mouthKnown = false;
    return inLine;
  }

  /** A packet that is in the line: entered, and not yet left. */
  packet(index: number): Float32Array {
    return this.slotAt(index).pcm;
  }

  /** Nothing is said in it. */
  isSilent(index: number): boolean {
    return this.slotAt(index).silent;
  }

  /** Ends all that is unfinished as interrupted, now: the session closes. */
  close(): void {
    this.interrupt();
    const { utterance } = this.slotAt(this.left);
    if (utterance !== undefined) this.cut.unshift(utterance);
    while (this.cut.length > 0) {
      const unfinished = this.cut.shift()!;
      unfinished.interrupted = true;
      this.end(unfinished);
    }
  }

  /** Stops reading all sources without reporting an end: another worker goes on. */
  abandon(): void {
    for (const utterance of this.queue) utterance.feed.cancel();
    for (const { utterance } of this.slots) utterance?.feed.cancel();
  }

  private slotAt(packet: number): Slot {
    return this.slots[packet % this.slots.length]!;
  }

  private openFeeds(): void {
    for (let index = 0; index < Math.min(FEEDS_OPEN, this.queue.length); index++) this.queue[index]!.feed.start();
  }

  private fill(slot: Slot, utterance: Utterance, at: number): void {
    const { feed } = utterance;
    const enough = feed.ended || feed.available >= (this.dry ? RESUME_SAMPLES : this.running ? PACKET_SAMPLES : START_SAMPLES);
    if (!enough && !(this.running && !this.dry)) return;
    const resuming = this.dry;
    this.mouthKnown = feed.readMouth(this.mouth);
    slot.samples = feed.read(slot.pcm, PACKET_SAMPLES);
    slot.silent = slot.samples === 0;
    slot.utterance = utterance;
    slot.last = feed.ended && feed.available === 0;
    this.running = true;
    this.dry = !slot.last && slot.samples < PACKET_SAMPLES;
    this.takeCues(feed, at + slot.samples);
    if (slot.last && this.expressed) this.endExpression(at + slot.samples);
    if (resuming) fadeEdge(slot, 'in');
    if (this.dry) {
      this.underruns++;
      fadeEdge(slot, 'out');
    }
    if (slot.last) {
      this.queue.shift();
      this.running = false;
      this.dry = false;
      this.openFeeds();
    }
  }

  /** @param readUntil where in media time the feed was read to. */
  private takeCues(feed: SpeechFeed, readUntil: number): void {
    for (;;) {
      const atSample48k = readUntil - feed.nextCueBack;
      const cue = feed.nextCue();
      if (cue === undefined) return;
      if (cue.type === 'expression') this.expressed = this.everExpressed = true;
      this.cues.push({ atSample48k, cue });
    }
  }

  private endExpression(atSample48k: number): void {
    this.expressed = false;
    this.cues.push({ atSample48k, cue: 'own expression' });
  }

  private account(utterance: Utterance, slot: Slot, atSample48k: number): void {
    const before = utterance.sentSamples;
    utterance.sentSamples += slot.samples;
    if (slot.samples > 0) utterance.visemes?.note(atSample48k, slot.samples);
    // A resumed utterance was started elsewhere.
    if (before === 0 && utterance.sentSamples > 0 && utterance.startAtMs === 0) this.onEvent({ type: 'utterance.started', utteranceId: utterance.id });
    if (slot.last) this.end(utterance);
    else if (Math.floor(utterance.sentSamples / POSITION_EVERY_SAMPLES) > Math.floor(before / POSITION_EVERY_SAMPLES)) {
      this.onEvent({ type: 'utterance.position', utteranceId: utterance.id, playedMs: playedMs(utterance) });
      this.tellVisemes(utterance, false);
    }
  }

  private tellVisemes(utterance: Utterance, atTheEnd: boolean): void {
    const visemes = utterance.visemes?.take(atTheEnd) ?? [];
    if (visemes.length > 0) this.onEvent({ type: 'utterance.visemes', utteranceId: utterance.id, visemes });
  }

  private end(utterance: Utterance): void {
    if (utterance.ended) return;
    utterance.ended = true;
    this.tellVisemes(utterance, true);
    const { failure } = utterance.feed;
    this.onEvent({
      type: 'utterance.ended',
      utteranceId: utterance.id,
      interrupted: utterance.interrupted,
      playedMs: playedMs(utterance),
      ...(failure !== undefined && !utterance.interrupted ? { error: failure } : {}),
    });
  }
}

function playedMs(utterance: Utterance): number {
  return utterance.startAtMs + Math.round(utterance.sentSamples / SAMPLES_PER_MS);
}

function clearSlot(slot: Slot): void {
  if (!slot.silent) slot.pcm.fill(0);
  slot.utterance = undefined;
  slot.samples = 0;
  slot.last = false;
  slot.silent = true;
}

/** Down to nothing within FADE_SAMPLES; the utterance ends there. */
function fadeOut(slot: Slot): void {
  for (let index = 0; index < FADE_SAMPLES; index++) slot.pcm[index]! *= 1 - (index + 1) / FADE_SAMPLES;
  slot.pcm.fill(0, FADE_SAMPLES);
  slot.samples = Math.min(slot.samples, FADE_SAMPLES);
  slot.last = true;
}

/** Softens where sound stops or goes on because its source was late: a hard edge clicks. */
function fadeEdge(slot: Slot, direction: 'in' | 'out'): void {
  const length = Math.min(EDGE_SAMPLES, slot.samples);
  for (let index = 0; index < length; index++) {
    const at = direction === 'in' ? index : slot.samples - 1 - index;
    slot.pcm[at]! *= index / length;
  }
}
