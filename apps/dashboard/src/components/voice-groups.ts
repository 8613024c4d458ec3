import type { Voice } from '@visavis/contracts';

export interface VoiceGroup {
  readonly language: string;
  readonly title: string;
  readonly voices: readonly Voice[];
}

/** Voices by language, in the order in which the API lists the languages. */
export function groupVoices(voices: readonly Voice[]): VoiceGroup[] {
  const byLanguage = new Map<string, Voice[]>();
  for (const voice of voices) byLanguage.set(voice.language, [...(byLanguage.get(voice.language) ?? []), voice]);
  return [...byLanguage].map(([language, group]) => ({ language, title: languageName(language), voices: group }));
}

/** `en-US` → `American English`; what isn't a language tag stays as it is. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
