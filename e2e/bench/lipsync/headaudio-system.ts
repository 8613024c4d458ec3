import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MOUTH_PARAMS, MOUTH_STEP_MS, type Viseme } from '@visavis/viseme-net';
import type { LipSyncSystem } from './system.ts';
import { addWeighted, visemeOfMorphTarget } from './viseme-weights.ts';

const RATE_HZ = 48_000;
const QUANTUM = 128;
/** What its README opens and shuts its gate at. */
const GATE = { vadGateActiveDb: -40, vadGateInactiveDb: -60 };

interface Port {
  onmessage: ((message: { data: unknown }) => void) | null;
  postMessage(data: unknown): void;
}

interface Processor {
  port: Port;
  process(inputs: Float32Array[][], outputs: Float32Array[][], parameters: Record<string, Float32Array>): boolean;
}

interface ProcessorClass {
  new (options: object): Processor;
  parameterDescriptors: readonly { name: string; defaultValue: number }[];
}

interface HeadAudio {
  processor: Processor;
  parameters: Record<string, Float32Array>;
  visemeNames: readonly string[];
  visemeActive: number;
  onvalue: ((name: string, value: number) => void) | null;
  loadModel(url: string): Promise<void>;
  update(elapsedMs: number): void;
}

type HeadAudioClass = new (context: object, options: object) => HeadAudio;

/** HeadAudio, with the mistake mended that keeps it from ever showing aa. */
export const headAudioSystem: LipSyncSystem = {
  name: 'HeadAudio 0.1.0',
  note: 'its own model, gate as in its README; mended to show aa, whose number 0 it takes for none',
  watch: async ({ pcm48k }, steps) => watch(await mended(), pcm48k, steps),
};

async function watch(Class: HeadAudioClass, pcm: Float32Array, steps: number) {
  const headAudio = new Class({}, { parameterData: GATE });
  await headAudio.loadModel(await modelUrl());
  const weights: Partial<Record<Viseme, number>> = {};
  headAudio.onvalue = (name, value) => (weights[visemeOfMorphTarget(name)] = value);
  const params = new Float32Array(steps * MOUTH_PARAMS.length);
  const visemes: Viseme[] = [];
  let played = 0;
  for (let step = 0; step < steps; step++) {
    const until = (step * MOUTH_STEP_MS * RATE_HZ) / 1000;
    for (; played + QUANTUM <= until; played += QUANTUM) {
      const quantum = new Float32Array(QUANTUM);
      quantum.set(pcm.subarray(played, played + QUANTUM));
      headAudio.processor.process([[quantum]], [], headAudio.parameters);
    }
    if (step > 0) headAudio.update(MOUTH_STEP_MS);
    addWeighted(weights, params, step);
    visemes.push(headAudio.visemeActive < 0 ? 'sil' : visemeOfMorphTarget(headAudio.visemeNames[headAudio.visemeActive]!));
  }
  return { params, visemes };
}

let loaded: Promise<HeadAudioClass> | undefined;

/** Loads the library's two halves into surroundings that look like a page's and an audio thread's. */
function published(): Promise<HeadAudioClass> {
  loaded ??= (async () => {
    let processorClass: ProcessorClass | undefined;
    class AudioWorkletProcessor {
      readonly port: Port = { onmessage: null, postMessage() {} };
    }
    class AudioWorkletNode {
      readonly port: Port;
      readonly processor: Processor;
      readonly parameters: Record<string, Float32Array>;

      constructor(_context: object, _name: string, options: { parameterData?: Record<string, number> }) {
        const processor = new processorClass!(options);
        this.processor = processor;
        this.parameters = Object.fromEntries(processorClass!.parameterDescriptors.map(({ name, defaultValue }) => [name, Float32Array.of(options.parameterData?.[name] ?? defaultValue)]));
        this.port = { onmessage: null, postMessage: (data) => processor.port.onmessage?.({ data }) };
        processor.port.postMessage = (data) => this.port.onmessage?.({ data });
      }
    }
    Object.assign(globalThis, { AudioWorkletProcessor, AudioWorkletNode, sampleRate: RATE_HZ, registerProcessor: (_name: string, registered: ProcessorClass) => (processorClass = registered) });
    await import(libraryFile('dist/headworklet.min.mjs'));
    const { HeadAudio } = (await import(libraryFile('dist/headaudio.min.mjs'))) as { HeadAudio: HeadAudioClass };
    return HeadAudio;
  })();
  return loaded;
}

async function mended(): Promise<HeadAudioClass> {
  const Published = (await published()) as unknown as new (...args: unknown[]) => HeadAudio & { _onmessage(message: { data: { event: string; viseme?: number } }): void };
  return class extends Published {
    override _onmessage(message: { data: { event: string; viseme?: number } }): void {
      super._onmessage(message);
      if (message.data.event === 'viseme' && message.data.viseme === 0) this.visemeActive = 0;
    }
  };
}

/** Its model through `fetch`, which reads no files here. */
async function modelUrl(): Promise<string> {
  const model = await readFile(fileURLToPath(libraryFile('dist/model-en-mixed.bin')));
  return `data:application/octet-stream;base64,${model.toString('base64')}`;
}

function libraryFile(path: string): string {
  return import.meta.resolve(`@met4citizen/headaudio/${path}`);
}
