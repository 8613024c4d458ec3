/** How far the parts of the mouth go at 1, in units of the face. */
export const mouthReach = {
  jaw: 0.26,
  upperLip: 0.05,
  lowerLip: 0.06,
  /** The upper lip off the teeth that the lower one touches. */
  teethUpper: 0.034,
  /** The lower lip under a tongue that comes out. */
  tongueLip: 0.03,
} as const;
