/**
 * The program of the thread in which espeak-ng runs, as text because a bundled server has no file of its own for it. The module stays
 * loaded; after an error it is made anew, as nobody knows what state it is in.
 */
export const espeakThreadProgram = `
const { parentPort, workerData } = require('node:worker_threads');
const loading = import(workerData.moduleUrl);
let making;

async function make() {
  const { default: createModule } = await loading;
  const module = await createModule({ print() {}, printErr() {} });
  return new module.eSpeakNGWorker();
}

async function speak({ voice, text }) {
  const espeak = await (making ??= make());
  if (espeak.set_voice(voice) !== 0) throw new Error('espeak-ng has no voice ' + voice);
  const sampleRateHz = espeak.get_samplerate();
  const pieces = [];
  const events = [];
  espeak.synthesize(text, (samples, news) => {
    pieces.push(samples);
    for (const { type, text_position, audio_position, id } of news) {
      if (type === 'word') events.push({ type, textPosition: text_position });
      else if (type === 'phoneme') events.push({ type, symbol: id, atMs: audio_position });
    }
    return false;
  });
  const samples = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) for (const sample of piece) samples[at++] = sample / 32768;
  return { sampleRateHz, samples, events };
}

let queue = Promise.resolve();
parentPort.on('message', ({ id, ...order }) => {
  queue = queue.then(() => speak(order)).then(
    (speech) => parentPort.postMessage({ id, speech }, [speech.samples.buffer]),
    (error) => {
      making = undefined;
      parentPort.postMessage({ id, error: String(error?.message ?? error) });
    },
  );
});
`;
