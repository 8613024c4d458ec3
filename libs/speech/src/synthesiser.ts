import { createResampler } from '@visavis/codec';
import { speakWithEspeak } from './espeak.ts';
import { speakWithEspeakWasm } from './espeak-wasm.ts';
import { speakWithFlite } from './flite.ts';
import { levelSpeech } from './loudness.ts';
import { findProgram } from './run-program.ts';
import { createGate } from './gate.ts';
import { splitSentences } from './sentences.ts';
import { SpeechSynthesisError } from './speech-error.ts';
import { findVoiceRecipe, type VoiceRecipe } from './voices.ts';
import type { MonoSound } from './wav.ts';

export const MAX_TEXT_CHARS = 10_000;
const OUTPUT_RATE_HZ = 48_000;
const PAUSE_S = 0.18;
const LAST_TAIL_S = 0.08;
/** Programs that speak at once, for all sessions of the process: the picture needs the processor too. */
const MAX_CONCURRENT = 3;

export interface Synthesiser {
  /**
   * Speaks a text: mono samples at 48 kHz in −1…1, a sentence or clause at a time, the first as soon as it is made and the next one
   * made while it is heard. Pieces belong to the reader.
   * @throws SpeechSynthesisError on the first read for a bad text or voice, or later when a program fails.
   */
  synthesise(text: string, voiceId: string, signal?: AbortSignal): AsyncGenerator<Float32Array>;
}

/** @param searchPath where programs are looked for, in the form of PATH. What is missing there is spoken by WebAssembly. */
export function createSynthesiser(searchPath: string): Synthesiser {
  const programs = { flite: findProgram('flite', searchPath), espeak: findProgram('espeak-ng', searchPath) };
  const gate = createGate(MAX_CONCURRENT);

  async function speakSentence(recipe: VoiceRecipe, text: string, last: boolean, signal: AbortSignal): Promise<Float32Array> {
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

  async function runEngine(recipe: VoiceRecipe, text: string, signal: AbortSignal): Promise<MonoSound> {
    const flite = recipe.fliteVoice === undefined ? undefined : await programs.flite;
    if (flite !== undefined && recipe.fliteVoice !== undefined) return speakWithFlite(flite, recipe.fliteVoice, text, signal);
    const espeak = await programs.espeak;
    if (espeak !== undefined) return speakWithEspeak(espeak, recipe.espeakVoice, text, signal);
    return speakWithEspeakWasm(recipe.espeakVoice, text, signal);
  }

  return {
    async *synthesise(text, voiceId, signal = new AbortController().signal) {
      const recipe = findVoiceRecipe(voiceId);
      if (recipe === undefined) throw new SpeechSynthesisError('unknown_voice', `There is no voice "${voiceId.slice(0, 64)}".`);
      if (text.length > MAX_TEXT_CHARS) throw new SpeechSynthesisError('text_too_long', `The text may have ${MAX_TEXT_CHARS} characters.`);
      if (text.trim() === '') throw new SpeechSynthesisError('text_empty', 'The text is empty.');
      const pieces = splitSentences(text, recipe.language);
      let next = prefetch(0);
      for (let index = 0; index < pieces.length; index++) {
        const samples = await next;
        signal.throwIfAborted();
        next = prefetch(index + 1);
        if (samples !== undefined && samples.length > 0) yield samples;
      }

      function prefetch(index: number): Promise<Float32Array | undefined> {
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

function toOutput({ samples, sampleRateHz }: MonoSound, tailS: number): Float32Array {
  const speech = levelSpeech(samples, sampleRateHz, tailS);
  if (sampleRateHz === OUTPUT_RATE_HZ) return speech;
  const resampler = createResampler(sampleRateHz, OUTPUT_RATE_HZ);
  const padded = new Float32Array(speech.length + resampler.delayInputSamples);
  padded.set(speech);
  const output = new Float32Array(resampler.maxOutputLength(padded.length));
  const count = resampler.process(padded, output);
  return output.subarray(Math.round((resampler.delayInputSamples * OUTPUT_RATE_HZ) / sampleRateHz), count);
}
