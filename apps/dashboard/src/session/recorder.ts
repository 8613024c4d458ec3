import { encodeWav } from './wav.ts';

const SPEECH_RATE_HZ = 24_000;

/** Whether this page may ask for the microphone: browsers allow it only over HTTPS or on this very machine. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined' && navigator.mediaDevices !== undefined;
}

export interface Recording {
  /** Stops and gives what was said as a mono WAV. */
  finish(): Promise<{ wav: Uint8Array; durationMs: number }>;
  cancel(): void;
}

/** Records the microphone. Throws a DOMException `NotAllowedError` or `NotFoundError` as getUserMedia does. */
export async function startRecording(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
  const recorder = new MediaRecorder(stream);
  const chunks: Blob[] = [];
  recorder.addEventListener('dataavailable', (event) => chunks.push(event.data));
  const stopped = new Promise<void>((resolve) => recorder.addEventListener('stop', () => resolve(), { once: true }));
  recorder.start();

  async function stop(): Promise<void> {
    if (recorder.state !== 'inactive') recorder.stop();
    await stopped;
    for (const track of stream.getTracks()) track.stop();
  }

  return {
    async finish() {
      await stop();
      const encoded = await new Blob(chunks, { type: recorder.mimeType }).arrayBuffer();
      // Decoding in the page makes one format of what every browser records differently.
      const decoder = new OfflineAudioContext(1, 1, SPEECH_RATE_HZ);
      const sound = await decoder.decodeAudioData(encoded);
      return { wav: encodeWav(mixDown(sound), SPEECH_RATE_HZ), durationMs: sound.duration * 1000 };
    },
    cancel() {
      void stop();
    },
  };
}

function mixDown(sound: AudioBuffer): Float32Array {
  const mono = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    const samples = sound.getChannelData(channel);
    for (let i = 0; i < mono.length; i++) mono[i] = (mono[i] ?? 0) + (samples[i] ?? 0) / sound.numberOfChannels;
  }
  return mono;
}
