import { createResampler } from '@visavis/codec';
import { speakWithEspeak } from './espeak.ts';
import { speakWithFlite } from './flite.ts';
import type { Phrase } from './phrase.ts';
import { levelSpeech } from './loudness.ts';
import { findProgram } from './run-program.ts';
import { createGate } from './gate.ts';
import { SpeechSynthesisError } from './speech-error.ts';
import { planSpeech, timeOfPlace, type PlannedPiece, type PlannedSilence, type PlannedSpeech, type TextMark } from './speech-plan.ts';
import { cutTimings, PAUSE, type TimedSound, type Timings } from './timing.ts';
import { findVoiceRecipe, type VoiceRecipe } from './voices.ts';

export const MAX_TEXT_CHARS = 10_000;
const OUTPUT_RATE_HZ = 48_000;
const PAUSE_S = 0.18;
const LAST_TAIL_S = 0.08;
/** Of the sound's own silence before a pause that was asked for; the rest of the pause is ours. */
const TAIL_BEFORE_PAUSE_MS = 60;
/** A mark needs a moment to stand at. */
const MOMENT_MS = 10;
/** Sentences in the making at once, for all sessions of the process: the picture needs the processor too. */
const MAX_CONCURRENT = 3;

/** A sentence or clause as sound, with times from its first sample. */
export interface SpeechPiece extends Timings {
  /** Mono at 48 kHz, −1…1. */
  samples: Float32Array<ArrayBuffer>;
  /** When those of the text's marks are reached that lie in it, pauses aside. */
  marks: PlacedMark[];
}

export interface PlacedMark {
  /** Which of the marks that were given. */
  index: number;
  /** From the piece's first sample. */
  atMs: number;
}

export interface Synthesiser {
  /**
   * Speaks a text, a sentence or clause at a time: the first as soon as it is made, the next one made while it is heard. Pieces belong
   * to the reader. Pauses that are marked are pieces of their own, without words; what is marked as emphasis is stressed.
   * @throws SpeechSynthesisError on the first read for a bad text or voice, or later when a program fails.
   */
  synthesise(text: string, voiceId: string, signal?: AbortSignal, marks?: readonly TextMark[]): AsyncGenerator<SpeechPiece>;
  /** Starts what a voice needs to speak, so that its first sentence needn't wait for it. A voice that can't is reported when it speaks. */
  warm(voiceId: string): Promise<void>;
}

/** @param searchPath where programs are looked for, in the form of PATH. flite's voices are spoken by espeak-ng where it is missing. */
export function createSynthesiser(searchPath: string): Synthesiser {
  const fliteProgram = findProgram('flite', searchPath);
  const gate = createGate(MAX_CONCURRENT);

  async function speakPiece(recipe: VoiceRecipe, piece: PlannedPiece, last: boolean, signal: AbortSignal): Promise<SpeechPiece> {
    if (!('text' in piece)) return silence(piece);
    const release = await gate.enter(signal);
    try {
      return await speakSentence(recipe, piece, last, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      throw new SpeechSynthesisError('synthesis_failed', 'The text could not be spoken. Try again, or another voice.', { cause: error });
    } finally {
      release();
    }
  }

  async function speakSentence(recipe: VoiceRecipe, { text, stressed, tailMs, marks }: PlannedSpeech, last: boolean, signal: AbortSignal): Promise<SpeechPiece> {
    // Cut off by a pause, a clause still sounds as if it went on.
    const goesOn = tailMs !== undefined && /[\p{L}\p{N}]$/u.test(text);
    const sound = await runEngine(recipe, { text: goesOn ? `${text},` : text, stressed }, signal);
    if (goesOn) withoutComma(sound);
    const tailS = tailMs !== undefined ? Math.min(TAIL_BEFORE_PAUSE_MS, tailMs) / 1000 : last ? LAST_TAIL_S : PAUSE_S;
    const output = toOutput(sound, tailS);
    const placed = marks.map(({ index, before }) => ({ index, atMs: timeOfPlace(before, output.words) }));
    if (output.samples.length === 0 && placed.length > 0) return silentPiece(MOMENT_MS, placed.map(({ index }) => ({ index, atMs: 0 })));
    return { ...output, marks: placed };
  }

  async function runEngine(recipe: VoiceRecipe, phrase: Phrase, signal: AbortSignal): Promise<TimedSound> {
    const flite = recipe.fliteVoice === undefined ? undefined : await fliteProgram;
    if (flite !== undefined && recipe.fliteVoice !== undefined) return speakWithFlite(flite, recipe.fliteVoice, phrase, signal);
    return speakWithEspeak(recipe.espeakVoice, phrase, recipe.language, signal);
  }

  return {
    async warm(voiceId) {
      const recipe = findVoiceRecipe(voiceId);
      if (recipe === undefined) return;
      // A program is started for each sentence anyway.
      if (recipe.fliteVoice !== undefined && (await fliteProgram) !== undefined) return;
      await speakWithEspeak(recipe.espeakVoice, { text: 'a', stressed: [] }, recipe.language, new AbortController().signal).catch(() => undefined);
    },
    async *synthesise(text, voiceId, signal = new AbortController().signal, marks = []) {
      const recipe = findVoiceRecipe(voiceId);
      if (recipe === undefined) throw new SpeechSynthesisError('unknown_voice', `There is no voice "${voiceId.slice(0, 64)}".`);
      if (text.length > MAX_TEXT_CHARS) throw new SpeechSynthesisError('text_too_long', `The text may have ${MAX_TEXT_CHARS} characters.`);
      if (text.trim() === '') throw new SpeechSynthesisError('text_empty', 'The text is empty.');
      const pieces = planSpeech(text, marks, recipe.language);
      let next = prefetch(0);
      for (let index = 0; index < pieces.length; index++) {
        const speech = await next;
        signal.throwIfAborted();
        next = prefetch(index + 1);
        if (speech !== undefined && speech.samples.length > 0) yield speech;
      }

      function prefetch(index: number): Promise<SpeechPiece | undefined> {
        const piece = pieces[index];
        if (piece === undefined || recipe === undefined) return Promise.resolve(undefined);
        const made = speakPiece(recipe, piece, index === pieces.length - 1, signal!);
        // Nobody may come for it any more when the reader stops early.
        made.catch(() => undefined);
        return made;
      }
    },
  };
}

/** What is left of a pause after the end of the sound before it. */
function silence({ silenceMs, marks }: PlannedSilence): SpeechPiece {
  const ms = Math.max(silenceMs - TAIL_BEFORE_PAUSE_MS, marks.length > 0 ? MOMENT_MS : 0);
  return silentPiece(ms, marks.map(({ index, before }) => ({ index, atMs: before === Infinity ? ms : 0 })));
}

function silentPiece(ms: number, marks: PlacedMark[]): SpeechPiece {
  const phones = ms > 0 ? [{ symbol: PAUSE, startMs: 0, durationMs: ms }] : [];
  return { samples: new Float32Array(Math.round((ms * OUTPUT_RATE_HZ) / 1000)), alphabet: 'ipa', words: [], phones, marks };
}

/** The comma was ours. */
function withoutComma({ words }: Timings): void {
  const last = words.at(-1);
  if (last !== undefined) last.text = last.text.replace(/ ?,$/, '');
}

function toOutput({ samples, sampleRateHz, ...timings }: TimedSound, tailS: number): Omit<SpeechPiece, 'marks'> {
  const { speech, cutSamples } = levelSpeech(samples, sampleRateHz, tailS);
  const resampled = resample(speech, sampleRateHz);
  return { samples: resampled, ...cutTimings(timings, (cutSamples / sampleRateHz) * 1000, (resampled.length / OUTPUT_RATE_HZ) * 1000) };
}

function resample(speech: Float32Array<ArrayBuffer>, sampleRateHz: number): Float32Array<ArrayBuffer> {
  if (sampleRateHz === OUTPUT_RATE_HZ) return speech;
  const resampler = createResampler(sampleRateHz, OUTPUT_RATE_HZ);
  const padded = new Float32Array(speech.length + resampler.delayInputSamples);
  padded.set(speech);
  const output = new Float32Array(resampler.maxOutputLength(padded.length));
  const count = resampler.process(padded, output);
  return output.subarray(Math.round((resampler.delayInputSamples * OUTPUT_RATE_HZ) / sampleRateHz), count);
}
