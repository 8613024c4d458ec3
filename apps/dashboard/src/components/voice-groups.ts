import type { Voice } from '@visavis/contracts';

export interface VoiceGroup {
  readonly title: string;
  readonly voices: readonly Voice[];
}

/** A formant synthesiser: speaks everything, and sounds like it. Where a language has another voice, that one comes first. */
const PLAINEST_ENGINE = 'espeak-ng';

/** English, the language of this page and of its suggestions, then all others by name. The first voice of all is the one to begin with. */
export function groupVoices(voices: readonly Voice[]): VoiceGroup[] {
  const english = voices.filter(isEnglish).sort(byAppeal);
  const others = voices.filter((voice) => !isEnglish(voice)).sort((a, b) => a.name.localeCompare(b.name, 'en'));
  return [
    { title: 'English', voices: english },
    { title: 'Other languages', voices: others },
  ].filter((group) => group.voices.length > 0);
}

function isEnglish(voice: Voice): boolean {
  return voice.language.split('-')[0] === 'en';
}

function byAppeal(a: Voice, b: Voice): number {
  const plainness = Number(a.engine === PLAINEST_ENGINE) - Number(b.engine === PLAINEST_ENGINE);
  if (plainness !== 0) return plainness;
  return a.gender.localeCompare(b.gender) || a.name.localeCompare(b.name, 'en');
}
