import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LOOK_AHEAD_MS } from './steps.ts';

export interface ModelFile {
  bytes: Uint8Array;
  /** Length of a sequence's state. */
  stateSize: number;
}

/** Where the library's own files lie when it runs from source. A bundle has them elsewhere, and says where. */
export const assetsUrl = new URL('../assets/', import.meta.url);

/**
 * Reads the network and checks that it was trained with the words, and for the look-ahead, that this code knows.
 * @throws Error when it was not, or is no network at all.
 */
export function readModelFile(folder: URL = assetsUrl): ModelFile {
  const bytes = readFileSync(new URL('viseme-net.onnx', folder));
  const words = readFileSync(new URL('phonemes.json', folder));
  return { bytes, stateSize: checkMetadata(modelMetadata(bytes), createHash('sha256').update(words).digest('hex')) };
}

/** Returns the state's size. */
export function checkMetadata(metadata: ReadonlyMap<string, string>, phonemesSha256: string): number {
  const stateSize = Number(metadata.get('state_size'));
  if (!Number.isInteger(stateSize) || stateSize < 1) throw new Error('the lip sync network does not say how large its state is');
  const lookAhead = metadata.get('look_ahead_ms');
  if (Number(lookAhead) !== LOOK_AHEAD_MS) throw new Error(`the lip sync network looks ${lookAhead} ms ahead, this code ${LOOK_AHEAD_MS}`);
  if (metadata.get('phonemes_sha256') !== phonemesSha256) throw new Error('the lip sync network was trained with another phonemes.json');
  return stateSize;
}

/*
 * onnxruntime-node doesn't show a model's own metadata. In the file, a protocol buffer, they are field 14 of the outermost message:
 * pairs of key (1) and value (2).
 */
const METADATA_FIELD = 14;

export function modelMetadata(onnx: Uint8Array): Map<string, string> {
  const found = new Map<string, string>();
  for (const { field, bytes } of messageFields(onnx)) {
    if (field !== METADATA_FIELD) continue;
    const pair = new Map(Array.from(messageFields(bytes), (part) => [part.field, Buffer.from(part.bytes).toString('utf8')]));
    found.set(pair.get(1) ?? '', pair.get(2) ?? '');
  }
  return found;
}

/** The fields of a message that have a length; numbers are passed over. @throws Error when it is no message. */
function* messageFields(message: Uint8Array): Generator<{ field: number; bytes: Uint8Array }> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new Error('the lip sync network is damaged');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (tag % 8 === 0) varint();
    else if (tag % 8 === 1) at += 8;
    else if (tag % 8 === 5) at += 4;
    else if (tag % 8 === 2) {
      const length = varint();
      if (at + length > message.length) throw new Error('the lip sync network is damaged');
      yield { field, bytes: message.subarray(at, at + length) };
      at += length;
    } else throw new Error('the lip sync network is damaged');
  }
}
