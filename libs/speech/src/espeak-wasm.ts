import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { espeakArguments } from './espeak.ts';
import { type MonoSound, readWav } from './wav.ts';

interface Answer {
  id: number;
  wav?: Uint8Array;
  error?: string;
}

/**
 * The thread's program, as text because a bundled server has no file of its own for it. Each sentence gets a fresh instance of the
 * module: espeak-ng is a command-line program there, which runs once and ends.
 */
const threadProgram = `
const { parentPort, workerData } = require('node:worker_threads');
const loading = import(workerData.moduleUrl);
parentPort.on('message', async ({ id, args, text }) => {
  try {
    let complaint = '';
    const { default: createModule } = await loading;
    const instance = await createModule({
      arguments: [...args, '-w', 'speech.wav', '-f', 'speech.txt'],
      preRun: [(module) => module.FS.writeFile('speech.txt', text)],
      print() {},
      printErr: (line) => { complaint += line + ' '; },
    });
    if (!instance.FS.analyzePath('speech.wav').exists) throw new Error(complaint || 'no sound');
    const wav = instance.FS.readFile('speech.wav');
    parentPort.postMessage({ id, wav });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error?.message ?? error) });
  }
});
`;

let thread: Worker | undefined;
let nextId = 0;
const waiting = new Map<number, { resolve(wav: Buffer): void; reject(error: Error): void }>();

/** Speaks one sentence with the WebAssembly build of espeak-ng, in a thread that is started when first needed. */
export async function speakWithEspeakWasm(voice: string, text: string, signal: AbortSignal): Promise<MonoSound> {
  signal.throwIfAborted();
  const id = nextId++;
  const worker = openThread();
  const wav = await new Promise<Buffer>((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, args: espeakArguments(voice), text });
  });
  signal.throwIfAborted();
  return readWav(wav);
}

function openThread(): Worker {
  if (thread !== undefined) return thread;
  const moduleUrl = pathToFileURL(createRequire(import.meta.url).resolve('espeak-ng')).href;
  const opened = new Worker(threadProgram, { eval: true, workerData: { moduleUrl } });
  opened.unref();
  opened.on('message', ({ id, wav, error }: Answer) => {
    const request = waiting.get(id);
    waiting.delete(id);
    if (wav !== undefined) request?.resolve(Buffer.from(wav));
    else request?.reject(new Error(error ?? 'espeak-ng gave no sound'));
  });
  const fail = (error: Error): void => {
    if (thread === opened) thread = undefined;
    for (const request of waiting.values()) request.reject(error);
    waiting.clear();
  };
  opened.on('error', fail);
  opened.on('exit', (code) => fail(new Error(`the speech thread ended with ${code}`)));
  thread = opened;
  return opened;
}
