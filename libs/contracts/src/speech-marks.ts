import { z } from 'zod';
import { expression, gesture, type Expression, type Gesture } from './cues.ts';

export const MAX_PAUSE_MS = 10_000;
export const MAX_PAUSES_MS = 60_000;
export const MAX_MARKS = 200;

const at = z.int().min(0);
/** A mark, by its place in the text without marks: UTF-16 units. */
export const speechMark = z.discriminatedUnion('type', [
  z.object({ type: z.literal('pause'), at, ms: z.int().min(0).max(MAX_PAUSE_MS) }),
  z.object({ type: z.literal('emphasis'), at, end: at }),
  /** null: back to what it was before the text's marks. */
  z.object({ type: z.literal('expression'), at, expression: expression.nullable(), strength: z.number().min(0).max(1) }),
  z.object({ type: z.literal('gesture'), at, gesture }),
]);
export type SpeechMark = z.infer<typeof speechMark>;

export interface MarkedText {
  /** What is to be said, without marks. */
  text: string;
  /** In the order of the text. */
  marks: SpeechMark[];
}

/** A mark that is none. `message` continues a sentence that begins with what is wrong: "text …". */
export class SpeechMarkError extends Error {
  override readonly name = 'SpeechMarkError';
  /** Where, in UTF-16 units from 0. */
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

interface Tag {
  at: number;
  name: string;
  kind: 'open' | 'close' | 'empty';
  attributes: Map<string, string>;
}

type Mood = { expression: Expression | null; strength: number };

const MARKS = '<break time="500ms"/>, <emphasis>, <expression name="happy">, <gesture name="nod"/> and <speak>';
/** A "<" that doesn't begin like a tag is text: "3 < 5". */
const tagStart = /<(?=[A-Za-z/!?])/g;
const tagPattern = /<(\/?)([A-Za-z][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const attributePattern = /([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' };
const entityPattern = /&(?:(lt|gt|amp|quot|apos|nbsp)|#(\d{1,10})|#x([\da-fA-F]{1,8}));/g;

/**
 * Takes the marks out of a text. Text without them comes back as it is.
 * @throws SpeechMarkError that says where and what to write instead
 */
export function parseSpeechMarks(source: string): MarkedText {
  return new MarkReader(source).read();
}

function characterOf(entity: string, name?: string, decimal?: string, hex?: string): string {
  if (name !== undefined) return ENTITIES[name]!;
  const code = decimal !== undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex!, 16);
  // What is no character is said as it is written, like anything else that means nothing here.
  const isControl = (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) || (code >= 0x7f && code <= 0x9f);
  const isCharacter = !isControl && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && (code & 0xfffe) !== 0xfffe;
  return isCharacter ? String.fromCodePoint(code) : entity;
}

class MarkReader {
  private text = '';
  private readonly marks: SpeechMark[] = [];
  /** Marks that are open, the innermost last. */
  private readonly open: (Tag & { textAt: number; before: Mood })[] = [];
  private mood: Mood = { expression: null, strength: 1 };
  private pausesMs = 0;
  /** Inside <speak>, where entities count: XML's, numbers, and the one that editors of HTML leave everywhere. */
  private wrapped = false;
  private closed = false;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  read(): MarkedText {
    let from = 0;
    for (;;) {
      tagStart.lastIndex = from;
      const start = tagStart.exec(this.source)?.index;
      this.say(from, start ?? this.source.length);
      if (start === undefined) break;
      from = this.take(start);
    }
    const unclosed = this.open.at(-1);
    if (unclosed !== undefined) throw this.error(unclosed.at, `<${unclosed.name}>`, `is never closed: write </${unclosed.name}> after the words that it is for`);
    // An empty box is checked while it is typed into; whether nothing may be sent is another's question.
    if (this.text.trim() === '' && this.source.trim() !== '') throw new SpeechMarkError(0, 'has marks but nothing to say; for a gesture or an expression alone use their own commands');
    return { text: this.text, marks: this.marks };
  }

  private say(from: number, to: number): void {
    const words = this.source.slice(from, to);
    if (this.closed && words.trim() !== '') throw new SpeechMarkError(from, `goes on at ${this.place(from)} after </speak>, which must be its end`);
    this.text += this.wrapped ? words.replaceAll(entityPattern, characterOf) : words;
  }

  /** Reads the tag that begins here. @returns where it ends */
  private take(start: number): number {
    tagPattern.lastIndex = start;
    const match = tagPattern.exec(this.source);
    if (match === null) throw this.error(start, `"${this.source.slice(start, start + 12)}"`, `is no complete mark: the marks are ${MARKS}. To say a less-than sign, put a space after it`);
    const [whole, slash, name, attributes, ending] = match as unknown as [string, string, string, string, string];
    if (slash !== '' && (ending !== '' || attributes !== '')) throw this.error(start, whole, `closes a mark and may hold nothing but its name: write </${name}>`);
    const kind = slash !== '' ? 'close' : ending !== '' ? 'empty' : 'open';
    const tag: Tag = { at: start, name, kind, attributes: this.attributesOf(start, whole, attributes) };
    if (this.closed) throw this.error(start, whole, 'comes after </speak>, which must be the end of the text');
    if (kind === 'close') this.close(tag);
    else this.begin(tag);
    if (this.marks.length > MAX_MARKS) throw new SpeechMarkError(start, `has more than ${MAX_MARKS} marks; say it in several parts`);
    return start + whole.length;
  }

  private begin(tag: Tag): void {
    const { name } = tag;
    if (this.open.at(-1)?.name === 'emphasis') throw this.error(tag.at, `<${name}>`, 'is within <emphasis>, which may hold words only: put it before or after');
    switch (name) {
      case 'break':
        this.needs(tag, 'empty', '<break time="500ms"/>', ['time']);
        return this.pause(tag);
      case 'gesture':
        this.needs(tag, 'empty', '<gesture name="nod"/>', ['name']);
        this.marks.push({ type: 'gesture', at: this.text.length, gesture: this.gestureOf(tag) });
        return;
      case 'expression':
        this.needs(tag, 'any', '<expression name="happy" strength="0.8">', ['name', 'strength']);
        if (tag.kind === 'open') this.push(tag);
        return this.feel(this.moodOf(tag));
      case 'emphasis':
        this.needs(tag, 'open', '<emphasis>word</emphasis>', []);
        return this.push(tag);
      case 'speak':
        this.needs(tag, 'open', '<speak>…</speak>', []);
        if (this.text.trim() !== '' || this.marks.length > 0 || this.open.length > 0) throw this.error(tag.at, '<speak>', 'must be the first thing in the text');
        this.wrapped = true;
        return this.push(tag);
      default:
        throw this.error(tag.at, `<${name}>`, `is not known: the marks are ${MARKS}. To say a less-than sign, put a space after it`);
    }
  }

  private close({ at: place, name }: Tag): void {
    const last = this.open.pop();
    if (last?.name !== name) {
      const remedy = last === undefined ? `closes nothing: take it out, or write <${name}> before the words that it is for` : `comes before <${last.name}> is closed: write </${last.name}> first`;
      throw this.error(place, `</${name}>`, remedy);
    }
    if (name === 'expression') this.feel(last.before);
    if (name === 'speak') this.closed = true;
    if (name !== 'emphasis') return;
    if (this.text.slice(last.textAt).trim() === '') throw this.error(last.at, '<emphasis>', 'holds no word: write <emphasis>word</emphasis>');
    this.marks.push({ type: 'emphasis', at: last.textAt, end: this.text.length });
  }

  private push(tag: Tag): void {
    this.open.push({ ...tag, textAt: this.text.length, before: this.mood });
  }

  private feel(mood: Mood): void {
    this.mood = mood;
    this.marks.push({ type: 'expression', at: this.text.length, ...mood });
  }

  private pause(tag: Tag): void {
    const time = tag.attributes.get('time')!;
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(time.trim()) ?? [];
    const ms = Math.round(Number(amount) * (unit === 's' ? 1000 : 1));
    if (amount === undefined || ms > MAX_PAUSE_MS) throw this.error(tag.at, `<break time="${time.slice(0, 20)}"/>`, `needs a time such as "500ms" or "1.5s", ${MAX_PAUSE_MS / 1000} s at most`);
    this.pausesMs += ms;
    if (this.pausesMs > MAX_PAUSES_MS) throw new SpeechMarkError(tag.at, `pauses for more than ${MAX_PAUSES_MS / 1000} s altogether; say it in several parts`);
    this.marks.push({ type: 'pause', at: this.text.length, ms });
  }

  private moodOf(tag: Tag): Mood {
    const name = expression.safeParse(tag.attributes.get('name'));
    if (!name.success) throw this.error(tag.at, '<expression>', `needs a name: one of ${expression.options.join(', ')}`);
    const given = tag.attributes.get('strength') ?? '1';
    const strength = /^\d*\.?\d+$/.test(given) ? Number(given) : NaN;
    if (!(strength <= 1)) throw this.error(tag.at, '<expression>', 'needs a strength from 0 to 1, or none');
    return { expression: name.data, strength };
  }

  private gestureOf(tag: Tag): Gesture {
    const name = gesture.safeParse(tag.attributes.get('name'));
    if (!name.success) throw this.error(tag.at, '<gesture>', `needs a name: one of ${gesture.options.join(', ')}`);
    return name.data;
  }

  private needs(tag: Tag, kind: Tag['kind'] | 'any', example: string, known: readonly string[]): void {
    if (kind !== 'any' && tag.kind !== kind) throw this.error(tag.at, `<${tag.name}>`, kind === 'empty' ? `stands alone: write ${example}` : `needs words: write ${example}`);
    const stranger = [...tag.attributes.keys()].find((name) => !known.includes(name));
    if (stranger !== undefined) throw this.error(tag.at, `<${tag.name}>`, `has no "${stranger}": write ${example}`);
    const [required] = known;
    if (required !== undefined && !tag.attributes.has(required)) throw this.error(tag.at, `<${tag.name}>`, `needs a ${required}: write ${example}`);
  }

  private attributesOf(start: number, whole: string, text: string): Map<string, string> {
    const attributes = new Map<string, string>();
    for (const [, name, double, single] of text.matchAll(attributePattern)) {
      if (attributes.has(name!)) throw this.error(start, whole, `says "${name!}" twice`);
      attributes.set(name!, double ?? single ?? '');
    }
    return attributes;
  }

  private error(where: number, what: string, remedy: string): SpeechMarkError {
    return new SpeechMarkError(where, `has a mark that can't be read: ${what} at ${this.place(where)} ${remedy}`);
  }

  private place(index: number): string {
    return `character ${[...this.source.slice(0, index)].length + 1}`;
  }
}
