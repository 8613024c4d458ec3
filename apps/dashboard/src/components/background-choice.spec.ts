import { background } from '@visavis/contracts';
import { expect, it } from 'vitest';
import { backgroundOf, KEPT_BACKGROUND } from './background-choice.tsx';

it.each(['keep', 'blur', 'color', 'green', 'transparent'] as const)('%s is as the API takes it', (type) => {
  expect(background.parse(backgroundOf({ ...KEPT_BACKGROUND, type }))).toEqual(backgroundOf({ ...KEPT_BACKGROUND, type }));
});

it('a picture needs an address', () => {
  expect(backgroundOf({ ...KEPT_BACKGROUND, type: 'image' })).toBeNull();
  expect(backgroundOf({ ...KEPT_BACKGROUND, type: 'image', imageUrl: 'office.jpg' })).toBeNull();
  expect(backgroundOf({ ...KEPT_BACKGROUND, type: 'image', imageUrl: ' https://example.com/office.jpg ' })).toEqual({ type: 'image', image_url: 'https://example.com/office.jpg' });
});
