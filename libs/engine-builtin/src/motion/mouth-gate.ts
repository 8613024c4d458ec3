import { easeInOut } from './easing.ts';

/*
 * Hot path: no allocation after construction.
 *
 * A mouth that says nothing is quite shut. What the network says of silence and noise is little, but never nothing; after a while of
 * so little the mouth goes to rest, and stays there until more is said.
 */
/** More than the network says where nobody speaks. */
const LITTLE = 0.08;
const WAIT_S = 0.2;
const SHUT_S = 0.25;
const OPEN_S = 0.06;
/** What a mood makes of the mouth goes slower than speech comes, and comes back slower still. */
const MOOD_GOES_S = 0.18;
const MOOD_COMES_S = 0.4;

export class MouthGate {
  /** Factor on the mouth. */
  value = 0;
  /** Factor on what a mood makes of the mouth: speech has it first. */
  free = 1;
  private freePart = 1;
  private quietS = WAIT_S;
  private part = 0;

  follow(mouth: Float32Array, elapsedS: number): void {
    let most = 0;
    for (let i = 0; i < mouth.length; i++) if (mouth[i]! > most) most = mouth[i]!;
    this.quietS = most > LITTLE ? 0 : this.quietS + elapsedS;
    this.part = this.quietS < WAIT_S ? Math.min(1, this.part + elapsedS / OPEN_S) : Math.max(0, this.part - elapsedS / SHUT_S);
    this.value = easeInOut(this.part);
    this.freePart = this.part > 0 ? Math.max(0, this.freePart - elapsedS / MOOD_GOES_S) : Math.min(1, this.freePart + elapsedS / MOOD_COMES_S);
    this.free = easeInOut(this.freePart);
  }
}
