import { expect, it } from 'vitest';
import { insertMark } from './insert-mark.ts';

const NOD = '<gesture name="nod"/>';

it.each([
  ['|', NOD, '', `${NOD}|`],
  ['Yes |sure', NOD, '', `Yes ${NOD}|sure`],
  ['Yes|', NOD, '', `Yes ${NOD}|`],
  ['It is |very| big', '<emphasis>', '</emphasis>', 'It is <emphasis>very</emphasis>| big'],
  ['It is ve|ry big', '<emphasis>', '</emphasis>', 'It is <emphasis>very</emphasis>| big'],
  ['It is |', '<emphasis>', '</emphasis>', 'It is <emphasis>|</emphasis>'],
])('%s and %s', (before, open, close, after) => {
  const from = before.indexOf('|');
  const text = before.replaceAll('|', '');
  const to = before.lastIndexOf('|') === from ? from : before.lastIndexOf('|') - 1;
  const result = insertMark({ text, from, to }, open, close);
  expect(`${result.text.slice(0, result.from)}|${result.text.slice(result.to)}`).toBe(after);
});
