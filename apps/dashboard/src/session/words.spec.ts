import { endReason } from '@visavis/contracts';
import { describe, expect, it } from 'vitest';
import { groupVoices } from '../components/voice-groups.ts';
import { chooseCodec } from './codec.ts';
import { describeEnd } from './end-words.ts';
import { soundObjection } from './sound-words.ts';
import { describeUtterance } from './utterance-words.ts';

describe('words', () => {
  it.each(endReason.options)('exist for the end reason %s', (reason) => expect(describeEnd(reason).title).not.toBe(''));

  it('tell how far an utterance came', () => {
    const words = (status: 'done' | 'interrupted' | 'failed', playedMs: number | null, problem: string | null = null) => describeUtterance({ status, playedMs, problem });
    expect(words('done', 3400)).toBe('Spoken, 3.4 s');
    expect(words('interrupted', 1200)).toBe('Interrupted after 1.2 s');
    expect(words('interrupted', 0)).toBe('Interrupted before it began');
    expect(words('failed', 0, 'Why.')).toBe('Why.');
  });

  it('refuse a sound file only for what is sure', () => {
    expect(soundObjection({ size: 10, type: 'audio/wav' }, 100)).toBeNull();
    expect(soundObjection({ size: 10, type: '' }, 100)).toBeNull();
    expect(soundObjection({ size: 101, type: 'audio/wav' }, 100)).toContain('at most');
    expect(soundObjection({ size: 10, type: 'image/png' }, 100)).toContain('not a sound file');
  });
});

describe('chooseCodec', () => {
  it('stays with H.264 unless the browser says that it only has VP8', () => {
    expect(chooseCodec(null)).toBe('h264');
    expect(chooseCodec(['video/VP8', 'video/H264', 'video/rtx'])).toBe('h264');
    expect(chooseCodec(['video/VP8', 'video/VP9'])).toBe('vp8');
    expect(chooseCodec([])).toBe('h264');
  });
});

describe('groupVoices', () => {
  const voice = (id: string, name: string, language: string, engine: string, gender: 'female' | 'male') => ({ id, name, language, gender, engine });
  it('puts English first, its natural voices before the plain ones, the others by name', () => {
    const groups = groupVoices([
      voice('nl', 'Dutch', 'nl-NL', 'espeak-ng', 'male'),
      voice('en-us', 'English (United States)', 'en-US', 'espeak-ng', 'male'),
      voice('en-us-rms', 'Rick', 'en-US', 'flite', 'male'),
      voice('en-us-slt', 'Sally', 'en-US', 'flite', 'female'),
      voice('af', 'Afrikaans', 'af-ZA', 'espeak-ng', 'male'),
    ]);
    expect(groups.map((group) => [group.title, group.voices.map((one) => one.id)])).toEqual([
      ['English', ['en-us-slt', 'en-us-rms', 'en-us']],
      ['Other languages', ['af', 'nl']],
    ]);
  });
  it('has no empty group', () => expect(groupVoices([])).toEqual([]));
});
