import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { espeakThreadProgram } from './espeak-thread.ts';
import { timeEspeakSpeech, type EspeakEvent } from './espeak-timings.ts';
import { stressedRuns, type Phrase } from './phrase.ts';
import { splitWords } from './text-words.ts';
import type { TimedSound } from './timing.ts';
import type { MonoSound } from './wav.ts';

const TIMEOUT_MS = 20_000;

interface Answer {
  id: number;
  speech?: MonoSound & { events: EspeakEvent[] };
  error?: string;
}

let thread: Worker | undefined;
let nextId = 0;
const waiting = new Map<number, { resolve(speech: NonNullable<Answer['speech']>): void; reject(error: Error): void }>();

/** Speaks one sentence with espeak-ng's WebAssembly build, in a thread that is started when first needed and then stays. */
export async function speakWithEspeak(voice: string, { text, stressed }: Phrase, language: string, signal: AbortSignal): Promise<TimedSound> {
  signal.throwIfAborted();
  const id = nextId++;
  const worker = openThread();
  const marked = markStress(text, language, stressed);
  const { events, ...sound } = await new Promise<NonNullable<Answer['speech']>>((resolve, reject) => {
    // Whatever it hangs on, the next sentence gets a new thread.
    const timer = setTimeout(() => void worker.terminate(), TIMEOUT_MS);
    const settle = <T>(done: (value: T) => void) => (value: T): void => {
      clearTimeout(timer);
      done(value);
    };
    waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
    worker.postMessage({ id, voice, text: marked.text });
  });
  signal.throwIfAborted();
  const inText = events.map((event) => (event.type === 'word' ? { ...event, textPosition: marked.placeInText(event.textPosition) } : event));
  return timeEspeakSpeech(sound, inText, text, language);
}

const STRESS = '<emphasis level="strong">';
const STRESS_END = '</emphasis>';

/** Plain text with espeak-ng's own marks around stressed words; its places, in code points from 1, count them, too. */
export function markStress(text: string, language: string, stressed: Phrase['stressed']): { text: string; placeInText(place: number): number } {
  const characters = [...toPlainText(text)];
  const words = splitWords(text, language);
  const inserted: { at: number; mark: string }[] = stressedRuns(words, stressed).flatMap(({ first, last }) => [
    { at: words[first]!.start, mark: STRESS },
    { at: words[last]!.start + [...words[last]!.text].length, mark: STRESS_END },
  ]);
  let marked = '';
  let from = 0;
  for (const { at, mark } of inserted) {
    marked += characters.slice(from, at).join('') + mark;
    from = at;
  }
  marked += characters.slice(from).join('');
  const placeInText = (place: number): number => {
    let before = 0;
    for (const { at, mark } of inserted) {
      if (place - 1 < at + before + mark.length) return Math.min(place - before, at + 1);
      before += mark.length;
    }
    return place - before;
  };
  return { text: marked, placeInText };
}

/** Takes away what espeak-ng would read as markup (tags, entities, phonemes in [[ ]]) and not as text. Every character keeps its place. */
export function toPlainText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\p{Cc}|<(?=[\p{L}/!?])|&(?=#?\w+;)/gu, ' ')
    .replaceAll('[', '(')
    .replaceAll(']', ')');
}

function openThread(): Worker {
  if (thread !== undefined) return thread;
  const moduleUrl = pathToFileURL(createRequire(import.meta.url).resolve('@echogarden/espeak-ng-emscripten')).href;
  const opened = new Worker(espeakThreadProgram, { eval: true, workerData: { moduleUrl }, env: {}, execArgv: [] });
  opened.on('message', ({ id, speech, error }: Answer) => {
    const request = waiting.get(id);
    waiting.delete(id);
    if (speech !== undefined) request?.resolve(speech);
    else request?.reject(new Error(error ?? 'espeak-ng gave no sound'));
  });
  const fail = (error: Error): void => {
    if (thread !== opened) return;
    thread = undefined;
    for (const request of waiting.values()) request.reject(error);
    waiting.clear();
  };
  opened.on('error', fail);
  opened.on('exit', (code) => fail(new Error(`the speech thread ended with ${code}`)));
  // After the listeners, which would hold the process again.
  opened.unref();
  thread = opened;
  return opened;
}
