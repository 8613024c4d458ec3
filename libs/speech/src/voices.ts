export type VoiceGender = 'female' | 'male';
export type VoiceEngine = 'flite' | 'espeak-ng';

export interface Voice {
  /** Stable: sessions and accounts refer to it. */
  id: string;
  name: string;
  /** BCP 47. */
  language: string;
  gender: VoiceGender;
  engine: VoiceEngine;
  /** What the engine itself produces; `synthesise` always gives 48 kHz. */
  sampleRateHz: number;
}

/** How a voice is asked for by its engine. */
export interface VoiceRecipe extends Voice {
  /** flite's `-voice`, or undefined when espeak-ng speaks. */
  fliteVoice?: string;
  /** espeak-ng's name, a variant behind a plus sign: also what speaks where flite isn't installed. */
  espeakVoice: string;
}

const flite = (id: string, name: string, gender: VoiceGender, espeakVoice: string): VoiceRecipe => ({
  id: `en-us-${id}`,
  name,
  language: 'en-US',
  gender,
  engine: 'flite',
  sampleRateHz: 16_000,
  fliteVoice: id,
  espeakVoice,
});

/** Voice id, language, name, and espeak-ng's name where it isn't the id. */
const espeakLanguages: readonly (readonly [id: string, language: string, name: string, espeakVoice?: string])[] = [
  ['en-us', 'en-US', 'English (United States)'],
  ['en-gb', 'en-GB', 'English (United Kingdom)', 'en'],
  ['af', 'af-ZA', 'Afrikaans'],
  ['ar', 'ar', 'Arabic'],
  ['bg', 'bg-BG', 'Bulgarian'],
  ['bn', 'bn', 'Bengali'],
  ['ca', 'ca-ES', 'Catalan'],
  ['cs', 'cs-CZ', 'Czech'],
  ['cy', 'cy-GB', 'Welsh'],
  ['da', 'da-DK', 'Danish'],
  ['de', 'de-DE', 'German'],
  ['el', 'el-GR', 'Greek'],
  ['es', 'es-ES', 'Spanish (Spain)'],
  ['es-419', 'es-419', 'Spanish (Latin America)'],
  ['et', 'et-EE', 'Estonian'],
  ['eu', 'eu-ES', 'Basque'],
  ['fa', 'fa-IR', 'Persian'],
  ['fi', 'fi-FI', 'Finnish'],
  ['fr', 'fr-FR', 'French'],
  ['ga', 'ga-IE', 'Irish'],
  ['gu', 'gu-IN', 'Gujarati'],
  ['hi', 'hi-IN', 'Hindi'],
  ['hr', 'hr-HR', 'Croatian'],
  ['hu', 'hu-HU', 'Hungarian'],
  ['hy', 'hy-AM', 'Armenian'],
  ['id', 'id-ID', 'Indonesian'],
  ['is', 'is-IS', 'Icelandic'],
  ['it', 'it-IT', 'Italian'],
  ['ka', 'ka-GE', 'Georgian'],
  ['kn', 'kn-IN', 'Kannada'],
  ['ko', 'ko-KR', 'Korean'],
  ['lt', 'lt-LT', 'Lithuanian'],
  ['lv', 'lv-LV', 'Latvian'],
  ['mk', 'mk-MK', 'Macedonian'],
  ['ml', 'ml-IN', 'Malayalam'],
  ['mr', 'mr-IN', 'Marathi'],
  ['ms', 'ms-MY', 'Malay'],
  ['nb', 'nb-NO', 'Norwegian (Bokmål)'],
  ['ne', 'ne-NP', 'Nepali'],
  ['nl', 'nl-NL', 'Dutch'],
  ['pa', 'pa-IN', 'Punjabi'],
  ['pl', 'pl-PL', 'Polish'],
  ['pt', 'pt-PT', 'Portuguese (Portugal)'],
  ['pt-br', 'pt-BR', 'Portuguese (Brazil)'],
  ['ro', 'ro-RO', 'Romanian'],
  ['ru', 'ru-RU', 'Russian'],
  ['sk', 'sk-SK', 'Slovak'],
  ['sl', 'sl-SI', 'Slovenian'],
  ['sq', 'sq-AL', 'Albanian'],
  ['sr', 'sr-RS', 'Serbian'],
  ['sv', 'sv-SE', 'Swedish'],
  ['sw', 'sw-KE', 'Swahili'],
  ['ta', 'ta-IN', 'Tamil'],
  ['te', 'te-IN', 'Telugu'],
  ['tr', 'tr-TR', 'Turkish'],
  ['uk', 'uk-UA', 'Ukrainian'],
  ['ur', 'ur-PK', 'Urdu'],
  ['vi', 'vi-VN', 'Vietnamese'],
  ['yue', 'yue-HK', 'Cantonese'],
  ['zh', 'zh-CN', 'Chinese (Mandarin)', 'cmn'],
];

const recipes: readonly VoiceRecipe[] = [
  flite('slt', 'Sally', 'female', 'en-us+f3'),
  flite('rms', 'Rick', 'male', 'en-us'),
  ...espeakLanguages.map(
    ([id, language, name, espeakVoice = id]): VoiceRecipe => ({ id, language, name, gender: 'male', engine: 'espeak-ng', sampleRateHz: 22_050, espeakVoice }),
  ),
];
const recipesById = new Map(recipes.map((recipe) => [recipe.id, recipe]));

export const DEFAULT_VOICE_ID = 'en-us-slt';

/** All built-in voices, the default first. The same on every machine: where an engine is missing another one speaks in its place. */
export function listVoices(): Voice[] {
  return recipes.map(({ id, name, language, gender, engine, sampleRateHz }) => ({ id, name, language, gender, engine, sampleRateHz }));
}

export function findVoiceRecipe(id: string): VoiceRecipe | undefined {
  return recipesById.get(id);
}
