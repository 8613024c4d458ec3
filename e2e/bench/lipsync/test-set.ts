import { readFile } from 'node:fs/promises';
import { decodeSpeech, SPEECH_SAMPLE_RATE_HZ } from '@visavis/codec';
import { visemeSegments, type PhoneAlphabet, type VisemeSegment } from '@visavis/viseme-net';
import { concatenated, resampled } from '../../support/speech-sample.ts';
import type { HeardSound } from './system.ts';

/** `test-set/clips.json`: sounds with the times of their phones, of voices that training never heard. Times in seconds. */
interface ListedClip {
  file: string;
  voice: string;
  engine: string;
  language: string;
  text: string;
  alphabet: PhoneAlphabet;
  phones: [symbol: string, startS: number, endS: number][];
}

export interface SpokenClip {
  file: string;
  voice: string;
  language: string;
  pcm48k: Float32Array;
  segments: VisemeSegment[];
}

const MAX_CLIP_MS = 60_000;

export async function readTestSet(folder: URL): Promise<SpokenClip[]> {
  const clips = JSON.parse(await readFile(new URL('clips.json', folder), 'utf8')) as ListedClip[];
  const spoken: SpokenClip[] = [];
  for (const { file, voice, language, alphabet, phones } of clips) {
    const segments = visemeSegments(phones.map(([symbol, startS, endS]) => ({ symbol, startMs: startS * 1000, endMs: endS * 1000 })), alphabet);
    spoken.push({ file, voice, language, pcm48k: await decoded(await readFile(new URL(file, folder))), segments });
  }
  return spoken;
}

export async function decoded(bytes: Uint8Array, maxDurationMs = MAX_CLIP_MS): Promise<Float32Array> {
  const pieces: Float32Array[] = [];
  for await (const piece of decodeSpeech(bytes, { maxDurationMs })) pieces.push(Float32Array.from(piece));
  return concatenated(pieces);
}

export function heardSound(pcm48k: Float32Array, segments: readonly VisemeSegment[] = []): HeardSound {
  return { pcm48k, pcm16k: resampled({ sampleRateHz: SPEECH_SAMPLE_RATE_HZ, samples: pcm48k }, 16_000), segments };
}
