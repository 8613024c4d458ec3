export const prepareFailureCodes = [
  'unreadable_image',
  'image_too_large',
  'image_too_small',
  'no_face',
  'several_faces',
  'face_too_small',
  'face_turned_away',
  'face_cut_off',
  'unreadable_clip',
  'clip_too_short',
  'clip_too_large',
  'clip_has_cuts',
  'clip_blurred',
  'face_covered',
] as const;
export type PrepareFailureCode = (typeof prepareFailureCodes)[number];

/** An upload that can't become an avatar. `message` is shown to the customer: it says what to do. */
export class PrepareError extends Error {
  readonly code: PrepareFailureCode;
  constructor(code: PrepareFailureCode, message: string) {
    super(message);
    this.name = 'PrepareError';
    this.code = code;
  }
}
