import { describe, expect, it } from 'vitest';
import { classOfViseme, MOUTH_CLASSES, MOUTH_PARAMS, phonemeTable, visemeSegments, VISEMES, visemesOfPhone } from './phonemes.ts';

describe('phonemes.json', () => {
  it('has the visemes, parameters and classes that the code names, in their order', () => {
    expect(phonemeTable.visemes).toEqual(VISEMES);
    expect(phonemeTable.params).toEqual(MOUTH_PARAMS);
    expect(Object.keys(phonemeTable.classes)).toEqual(MOUTH_CLASSES);
    for (const viseme of VISEMES) expect(MOUTH_CLASSES).toContain(classOfViseme(viseme));
  });

  it('gives every phone a viseme that has a target', () => {
    for (const viseme of [...Object.values(phonemeTable.arpabet).flat(), ...Object.values(phonemeTable.ipa)]) expect(Object.keys(phonemeTable.targets[viseme])).toEqual(MOUTH_PARAMS);
  });
});

describe('the visemes of a phone', () => {
  it.each([
    ['b', ['PP']], ['AA1', ['aa']], ['ay2', ['aa', 'ih']], ['er0', ['RR']], ['pau', ['sil']], ['h#', ['sil']], ['nothing', ['sil']],
  ])('in ARPAbet: %s', (symbol, visemes) => {
    expect(visemesOfPhone(symbol, 'arpabet')).toEqual(visemes);
  });

  it.each([
    ['p', ['PP']], ['ˈaː', ['aa']], ['tʃ', ['CH']], ['d͡ʒ', ['CH']], ['ts', ['SS']], ['aɪ', ['aa', 'ih']], ['əʊ', ['E', 'ou']], ['ɔːɹ', ['oh', 'RR']], ['aɪə', ['aa', 'ih']],
    ['ã', ['aa']], ['ɑ̃', ['aa']], ['ç', ['ih']], ['ç'.normalize('NFD'), ['ih']], ['tʰ', ['DD']], ['_', ['sil']], ['', ['sil']],
  ])('in IPA: %s', (symbol, visemes) => {
    expect(visemesOfPhone(symbol, 'ipa')).toEqual(visemes);
  });
});

describe('segments', () => {
  it('split a diphthong 60 to 40', () => {
    expect(visemeSegments([{ symbol: 'OW1', startMs: 100, endMs: 200 }], 'arpabet')).toEqual([
      { viseme: 'oh', startMs: 100, endMs: 160, nasal: false, vowel: true, phone: 0 },
      { viseme: 'ou', startMs: 160, endMs: 200, nasal: false, vowel: true, phone: 0 },
    ]);
  });

  it.each([
    ['W', 'arpabet', false], ['y', 'arpabet', false], ['UW1', 'arpabet', true], ['OW', 'arpabet', true], ['ER', 'arpabet', false], ['M', 'arpabet', false],
    ['w', 'ipa', false], ['j', 'ipa', false], ['yː', 'ipa', true], ['aʊ', 'ipa', true], ['_', 'ipa', false],
  ] as const)('know that %s (%s) is a vowel: %s', (symbol, alphabet, vowel) => {
    for (const segment of visemeSegments([{ symbol, startMs: 0, endMs: 100 }], alphabet)) expect(segment.vowel).toBe(vowel);
  });

  it('join silences that touch, and leave out what takes no time', () => {
    const phones = [['_', 0, 80], ['|', 80, 150], ['m', 150, 200], ['ə', 200, 200], ['_', 200, 300]] as const;
    const segments = visemeSegments(phones.map(([symbol, startMs, endMs]) => ({ symbol, startMs, endMs })), 'ipa');
    expect(segments.map(({ viseme, startMs, endMs, nasal }) => [viseme, startMs, endMs, nasal])).toEqual([['sil', 0, 150, false], ['PP', 150, 200, true], ['sil', 200, 300, false]]);
  });
});
