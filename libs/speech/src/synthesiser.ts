import { createResampler } from '@visavis/codec';
import { speakWithEspeak } from './espeak.ts';
import { speakWithFlite } from './flite.ts';
import { levelSpeech } from './loudness.ts';
import { findProgram } from './run-program.ts';
import { createGate } from './gate.ts';
import { splitSentences } from './sentences.ts';
import { SpeechSynthesisError } from './speech-error.ts';
import { cutTimings, type TimedSound, type Timings } from './timing.ts';
import { findVoiceRecipe, type VoiceRecipe } from './voices.ts';

export const MAX_TEXT_CHARS = 10_000;
const OUTPUT_RATE_HZ = 48_000;
const PAUSE_S = 0.18;
const LAST_TAIL_S = 0.08;
/** Sentences in the making at once, for all sessions of the process: the picture needs the processor too. */
const MAX_CONCURRENT = 3;

/** A sentence or clause as sound, with times from its first sample. */
export interface SpeechPiece extends Timings {
  /** Mono at 48 kHz, −1…1. */
  samples: Float32Array<ArrayBuffer>;
}

export interface Synthesiser {
  /**
   * Speaks a text, a sentence or clause at a time: the first as soon as it is made, the next one made while it is heard. Pieces belong
   * to the reader.
   * @throws SpeechSynthesisError on the first read for a bad text or voice, or later when a program fails.
   */
  synthesise(text: string, voiceId: string, signal?: AbortSignal): AsyncGenerator<SpeechPiece>;
  /** Starts what a voice needs to speak, so that its first sentence needn't wait for it. A voice that can't is reported when it speaks. */
  warm(voiceId: string): Promise<void>;
}

/** @param searchPath where programs are looked for, in the form of PATH. flite's voices are spoken by espeak-ng where it is missing. */
export function createSynthesiser(searchPath: string): Synthesiser {
  const fliteProgram = findProgram('flite', searchPath);
  const gate = createGate(MAX_CONCURRENT);

  async function speakSentence(recipe: VoiceRecipe, text: string, last: boolean, signal: AbortSignal): Promise<SpeechPiece> {
    const release = await gate.enter(signal);
    try {
      const sound = await runEngine(recipe, text, signal);
      return toOutput(sound, last ? LAST_TAIL_S : PAUSE_S);
    } catch (error) {
      if (signal.aborted) throw error;
      throw new SpeechSynthesisError('synthesis_failed', 'The text could not be spoken. Try again, or another voice.', { cause: error });
    } finally {
      release();
    }
  }

  async function runEngine(recipe: VoiceRecipe, text: string, signal: AbortSignal): Promise<TimedSound> {
    const flite = recipe.fliteVoice === undefined ? undefined : await fliteProgram;
    if (flite !== undefined && recipe.fliteVoice !== undefined) return speakWithFlite(flite, recipe.fliteVoice, text, signal);
    return speakWithEspeak(recipe.espeakVoice, text, recipe.language, signal);
  }

  return {
    async warm(voiceId) {
      const recipe = findVoiceRecipe(voiceId);
      if (recipe === undefined) return;
      // A program is started for each sentence anyway.
      if (recipe.fliteVoice !== undefined && (await fliteProgram) !== undefined) return;
      await speakWithEspeak(recipe.espeakVoice, 'a', recipe.language, new AbortController().signal).catch(() => undefined);
    },
    async *synthesise(text, voiceId, signal = new AbortController().signal) {
      const recipe = findVoiceRecipe(voiceId);
      if (recipe === undefined) throw new SpeechSynthesisError('unknown_voice', `There is no voice "${voiceId.slice(0, 64)}".`);
      if (text.length > MAX_TEXT_CHARS) throw new SpeechSynthesisError('text_too_long', `The text may have ${MAX_TEXT_CHARS} characters.`);
      if (text.trim() === '') throw new SpeechSynthesisError('text_empty', 'The text is empty.');
      const pieces = splitSentences(text, recipe.language);
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
        const made = speakSentence(recipe, piece, index === pieces.length - 1, signal!);
        // Nobody may come for it any more when the reader stops early.
        made.catch(() => undefined);
        return made;
      }
    },
  };
}

function toOutput({ samples, sampleRateHz, ...timings }: TimedSound, tailS: number): SpeechPiece {
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
