import { z } from 'zod';

/** What a whole coded picture may measure; a transparent one is two pictures wide. */
const MAX_CODED_SIDE = 1920;
const MAX_CODED_PIXELS = 1920 * 1080;

const color = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #1f6feb')
  .meta({ example: '#1f6feb' });
const blurStrength = z.number().min(0).max(1).meta({ description: 'From 0 to 1.', example: 0.5 });

const plain = [
  z.strictObject({ type: z.literal('keep') }).meta({ description: 'As in the picture or clip.' }),
  z.strictObject({ type: z.literal('green') }).meta({ description: 'The green of studios, to be keyed out.' }),
  z.strictObject({ type: z.literal('transparent') }).meta({ description: 'The video is twice as wide: colour left, alpha as grey right.' }),
  z.strictObject({ type: z.literal('color'), color }),
] as const;

/** What is behind a session's avatar. */
export const background = z
  .discriminatedUnion('type', [
    ...plain,
    z.strictObject({ type: z.literal('blur'), strength: blurStrength.default(0.5) }),
    z.strictObject({
      type: z.literal('image'),
      image_url: z.url({ protocol: /^https?$/ }).max(2048).meta({ description: 'A JPEG, PNG, WebP or AVIF picture, up to 10 MB. It is fetched once, when the session starts.', example: 'https://example.com/office.jpg' }),
    }),
  ])
  .meta({ id: 'Background', example: { type: 'transparent' } });
export type Background = z.infer<typeof background>;

export const MAX_BACKGROUND_IMAGE_BYTES = 10 * 1024 * 1024;

/** As a worker gets it: the picture lies in our own storage. */
export const grantedBackground = z.discriminatedUnion('type', [
  ...plain,
  z.strictObject({ type: z.literal('blur'), strength: z.number() }),
  z.strictObject({ type: z.literal('image'), url: z.url() }),
]);
export type GrantedBackground = z.infer<typeof grantedBackground>;

/** The size of the video that is coded for a picture of this size. */
export function codedSize({ width, height }: { width: number; height: number }, behind: { type: string } | undefined): { width: number; height: number } {
  return { width: behind?.type === 'transparent' ? 2 * width : width, height };
}

export function fitsCodedSize(size: { width: number; height: number }, behind: { type: string } | undefined): boolean {
  if (behind?.type !== 'transparent') return true;
  const { width, height } = codedSize(size, behind);
  return width <= MAX_CODED_SIDE && width * height <= MAX_CODED_PIXELS;
}
