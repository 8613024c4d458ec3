import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { espeakThreadProgram } from './espeak-thread.ts';
import { timeEspeakSpeech, type EspeakEvent } from './espeak-timings.ts';
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
export async function speakWithEspeak(voice: string, text: string, language: string, signal: AbortSignal): Promise<TimedSound> {
  signal.throwIfAborted();
  const id = nextId++;
  const worker = openThread();
  const { events, ...sound } = await new Promise<NonNullable<Answer['speech']>>((resolve, reject) => {
    // Whatever it hangs on, the next sentence gets a new thread.
    const timer = setTimeout(() => void worker.terminate(), TIMEOUT_MS);
    const settle = <T>(done: (value: T) => void) => (value: T): void => {
      clearTimeout(timer);
      done(value);
    };
    waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
    worker.postMessage({ id, voice, text: toPlainText(text) });
  });
  signal.throwIfAborted();
  return timeEspeakSpeech(sound, events, text, language);
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
