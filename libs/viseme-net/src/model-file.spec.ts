import { describe, expect, it } from 'vitest';
import { checkMetadata, modelMetadata, readModelFile } from './model-file.ts';

/** A message of the fields that a model has around its metadata: a number, a string, two pairs. */
const field = (number: number, bytes: number[]): number[] => [number * 8 + 2, bytes.length, ...bytes];
const text = (value: string): number[] => [...Buffer.from(value)];
const pair = (key: string, value: string): number[] => field(14, [...field(1, text(key)), ...field(2, text(value))]);
const message = Uint8Array.from([8, 0x88, 1, ...field(2, text('pytorch')), ...pair('state_size', '3'), 0x0d, 1, 2, 3, 4, ...pair('look_ahead_ms', '75')]);

describe('the network\'s file', () => {
  it('is the one that this code and its phonemes.json belong to', () => {
    const { bytes, stateSize } = readModelFile();
    expect(stateSize).toBeGreaterThan(0);
    expect(modelMetadata(bytes).get('state_size')).toBe(String(stateSize));
  });

  it('tells its metadata among other fields', () => {
    expect(Object.fromEntries(modelMetadata(message))).toEqual({ state_size: '3', look_ahead_ms: '75' });
  });

  it('is refused when it is cut off or something else', () => {
    expect(() => modelMetadata(message.subarray(0, message.length - 3))).toThrow(/damaged/);
    expect(() => modelMetadata(Buffer.from('version https://git-lfs.github.com/spec/v1'))).toThrow(/damaged/);
    expect(() => readModelFile(new URL('./', import.meta.url))).toThrow(/viseme-net.onnx/);
  });

  it.each([
    ['state_size', '', /how large/],
    ['look_ahead_ms', '95', /95 ms ahead/],
    ['phonemes_sha256', 'e3b0', /another phonemes.json/],
  ])('is refused for its %s', (key, value, reason) => {
    const good = new Map([['state_size', '384'], ['look_ahead_ms', '75'], ['phonemes_sha256', 'abc']]);
    expect(checkMetadata(good, 'abc')).toBe(384);
    expect(() => checkMetadata(new Map([...good, [key, value]]), 'abc')).toThrow(reason);
  });
});
