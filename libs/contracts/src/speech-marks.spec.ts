import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MARKS, parseSpeechMarks, SpeechMarkError, type SpeechMark } from './speech-marks.ts';
import { speak } from './sessions.ts';

describe('text with marks', () => {
  it.each<[string, string, SpeechMark[]]>([
    ['Hello there.', 'Hello there.', []],
    ['3 < 5 and I <3 you, a<1, 2<', '3 < 5 and I <3 you, a<1, 2<', []],
    ['AT&amp;T &lt;b>', 'AT&amp;T &lt;b>', []],
    ['One <break time="500ms"/>two.', 'One two.', [{ type: 'pause', at: 4, ms: 500 }]],
    [`<break time='1.5s' />x`, 'x', [{ type: 'pause', at: 0, ms: 1500 }]],
    ['A <emphasis>very big</emphasis> one.', 'A very big one.', [{ type: 'emphasis', at: 2, end: 10 }]],
    ['<gesture name="nod"/>Yes.<gesture name="brow_raise" />', 'Yes.', [{ type: 'gesture', at: 0, gesture: 'nod' }, { type: 'gesture', at: 4, gesture: 'brow_raise' }]],
    [
      'So <expression name="happy" strength="0.8">good</expression>!',
      'So good!',
      [
        { type: 'expression', at: 3, expression: 'happy', strength: 0.8 },
        { type: 'expression', at: 7, expression: null, strength: 1 },
      ],
    ],
    ['<expression name="sad"/>Oh.', 'Oh.', [{ type: 'expression', at: 0, expression: 'sad', strength: 1 }]],
    [
      '<expression name="happy">a <expression name="angry"/>b <expression name="sad" strength=".5">c</expression>d</expression>e',
      'a b cde',
      [
        { type: 'expression', at: 0, expression: 'happy', strength: 1 },
        { type: 'expression', at: 2, expression: 'angry', strength: 1 },
        { type: 'expression', at: 4, expression: 'sad', strength: 0.5 },
        { type: 'expression', at: 5, expression: 'angry', strength: 1 },
        { type: 'expression', at: 6, expression: null, strength: 1 },
      ],
    ],
    [' <speak>R&amp;D &lt;b> <break time="0s"/>&nbsp;</speak>\n', ' R&D <b>  \n', [{ type: 'pause', at: 9, ms: 0 }]],
    ['<speak>caf&#233;&#x20;&#x0001F600;&#13;&#xA; &#0; &#xD800; &#xFFFE; &#x80; &#9999999; &eacute;</speak>', 'café 😀\r\n &#0; &#xD800; &#xFFFE; &#x80; &#9999999; &eacute;', []],
  ])('%s', (source, text, marks) => {
    expect(parseSpeechMarks(source)).toEqual({ text, marks });
  });

  it.each([
    ['Hi <prosody rate="x">a</prosody>', /<prosody> at character 4 is not known: the marks are <break.*put a space after it/],
    ['a<b', /"<b" at character 2 is no complete mark/],
    ['🙂🙂<b>', /at character 3 is not known/],
    ['<emphasis>x', /<emphasis> at character 1 is never closed: write <\/emphasis>/],
    ['x</emphasis>', /<\/emphasis> at character 2 closes nothing/],
    ['<emphasis> </emphasis>x', /holds no word/],
    ['<emphasis>a <gesture name="nod"/></emphasis>', /<gesture> at character 13 is within <emphasis>/],
    ['<emphasis level="strong">a</emphasis>', /has no "level": write <emphasis>word/],
    ['<expression name="happy">a<emphasis>b</expression>', /<\/expression> at character 38 comes before <emphasis> is closed/],
    ['<expression name="cheerful"/>a', /one of neutral, happy/],
    ['<expression/>a', /needs a name: write <expression name="happy"/],
    ['<expression name="sad" strength="2"/>a', /strength from 0 to 1/],
    ['<expression name="sad" strength=""/>a', /strength from 0 to 1/],
    ['<gesture name="wave"/>a', /one of nod, shake, brow_raise, wink, tilt/],
    ['<gesture name="nod">a</gesture>', /stands alone: write <gesture name="nod"\/>/],
    ['<break/>a', /needs a time: write <break time="500ms"\/>/],
    ['<break time="11s"/>a', /10 s at most/],
    ['<break time="-1s"/>a', /such as "500ms"/],
    ['<break time="1s" time="2s"/>a', /says "time" twice/],
    ['<break time="10s"/>'.repeat(7) + 'a', /60 s altogether/],
    ['<gesture name="nod"/>'.repeat(MAX_MARKS + 1) + 'a', /more than 200 marks/],
    ['<gesture name="nod"/>', /nothing to say/],
    ['<speak>  </speak>', /nothing to say/],
    ['a <speak>b</speak>', /<speak> at character 3 must be the first/],
    ['<speak>a</speak> b', /goes on at character 17 after <\/speak>/],
    ['<speak>a', /<speak> at character 1 is never closed/],
    ['<!-- x -->a', /no complete mark/],
    ['</break time="1s">a', /write <\/break>/],
    ['<Emphasis>a</Emphasis>', /<Emphasis> at character 1 is not known/],
  ])('%s is refused with its place and a remedy', (source, message) => {
    expect(() => parseSpeechMarks(source)).toThrow(SpeechMarkError);
    expect(() => parseSpeechMarks(source)).toThrow(message);
  });

  it.each(['', ' \n'])('has nothing against a text of nothing, as an empty box holds it: %j', (source) => {
    expect(parseSpeechMarks(source)).toEqual({ text: source, marks: [] });
  });

  it('ends for any text, in marks that lie in the text and in order', () => {
    const part = fc.constantFrom('<', '>', '</', '/>', 'speak', '<speak>', '</speak>', '<emphasis>', '</emphasis>', '<break time="1ms"/>', '<expression name="sad"/>', '<expression name="happy">', '</expression>', '<gesture name="tilt"/>', ' word ', '"', '🙂', '&lt;');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        try {
          const { text, marks } = parseSpeechMarks(parts.join(''));
          for (const mark of marks) expect(mark.at).toBeLessThanOrEqual(text.length);
          const places = marks.map((mark) => ('end' in mark ? mark.end : mark.at));
          expect(places).toEqual([...places].sort((a, b) => a - b));
        } catch (error) {
          expect(error).toBeInstanceOf(SpeechMarkError);
        }
      }),
    );
  });

  it('takes little time for long nonsense', () => {
    expect(() => parseSpeechMarks('<a x="'.repeat(200_000))).toThrow(SpeechMarkError);
    expect(parseSpeechMarks('< '.repeat(200_000)).marks).toEqual([]);
  });
});

describe('speak', () => {
  it('refuses bad marks under "text", and a strength without an expression', () => {
    const bad = speak.safeParse({ text: 'Hi <b>you</b>' });
    expect(bad.error?.issues).toMatchObject([{ path: ['text'], message: expect.stringContaining('<b> at character 4') }]);
    expect(speak.safeParse({ text: 'Hi', strength: 1 }).error?.issues).toMatchObject([{ path: ['strength'] }]);
    expect(speak.parse({ text: 'Hi <gesture name="nod"/>', expression: 'happy', strength: 0.5 })).toMatchObject({ text: 'Hi <gesture name="nod"/>' });
  });
});
