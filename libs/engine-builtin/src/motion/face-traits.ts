/** What a bundle says of how its face moves. */
export interface FaceTraits {
  /** Factor on the jaw, for faces that show more or less of it than others. */
  mouthGain: number;
  /** Factor on the head's own motion: a head that is turned in the picture bears less. */
  sway: number;
  /** Two avatars with different numbers here don't idle alike; sessions of one avatar share its clips. */
  idleSeed?: number;
}
