/**
 * What a motion source says and a renderer draws: one vector per frame. Mouth and lids are 0 at rest, that is, as in the picture;
 * 1 is as far as it goes. Angles are radians, shifts are parts of the face's unit (see FaceGeometry).
 */
export const channel = {
  yaw: 0,
  pitch: 1,
  roll: 2,
  shiftX: 3,
  shiftY: 4,
  breath: 5,
  /** Jaw opening. */
  jaw: 6,
  /** Corners of the mouth drawn apart, as in "see". */
  spread: 7,
  upperLip: 8,
  lowerLip: 9,
  /** Lips pressed together. */
  press: 10,
  brow: 11,
  blinkLeft: 12,
  blinkRight: 13,
  gazeX: 14,
  gazeY: 15,
  /** Lips drawn together and forward, as in "who". */
  round: 16,
  /** The lower lip's edge under the upper teeth, as in "five". */
  teeth: 17,
  /** The tip of the tongue raised to the upper teeth, as in "the". */
  tongue: 18,
  /** Corners of the mouth up and out, with the cheeks. */
  smile: 19,
  /** Corners of the mouth down. */
  frown: 20,
  /** Inner ends of the brows up, as in worry. */
  browInner: 21,
  /** Brows down and together, as in anger. */
  browFurrow: 22,
  /** Lower lids and cheeks up. */
  squint: 23,
  /** Upper lids up. */
  eyesWide: 24,
  /** Towards the viewer: the head is larger by this part of its size. */
  lean: 25,
} as const;

export const CHANNEL_COUNT = 26;

/** 1 for the channels of jaw, lips and tongue, which speech moves. */
export const mouthChannels = new Uint8Array(CHANNEL_COUNT);
for (const name of ['jaw', 'spread', 'upperLip', 'lowerLip', 'press', 'round', 'teeth', 'tongue'] as const) mouthChannels[channel[name]] = 1;

export type FacePose = Float32Array;

export function restPose(): FacePose {
  return new Float32Array(CHANNEL_COUNT);
}
