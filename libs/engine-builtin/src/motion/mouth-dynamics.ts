/*
 * Hot path: no allocation after construction.
 *
 * What lips and jaw can do. In speech a lip's greatest speed is 150 to 200 mm/s; it closes in 50 to 60 ms, faster than it opens, and the
 * lips meet while they still move fast (Löfqvist and Gracco, Lip and jaw kinematics in bilabial stop consonant production, 1997). A whole
 * way here is about 20 mm between the lips. Speech as the network says it stays within these limits (it needs half of them); sound that
 * was taken back, or an answer that came late, doesn't.
 */
interface Limits {
  /** Away from rest and towards it, in parts of the whole way per millisecond. */
  rise: number;
  fall: number;
}

const JAW: Limits = { rise: 0.0075, fall: 0.0092 };
const LIP: Limits = { rise: 0.0075, fall: 0.0092 };
/** Corners go with cheeks and are slower. */
const CORNERS: Limits = { rise: 0.0075, fall: 0.0075 };
/** These close the mouth when they rise. */
const CLOSURE: Limits = { rise: 0.026, fall: 0.022 };
const TONGUE: Limits = { rise: 0.016, fall: 0.016 };

/** In the order of the network's parameters. */
const limits: readonly Limits[] = [JAW, CORNERS, CORNERS, CLOSURE, LIP, LIP, CLOSURE, TONGUE];

/** From standing to the greatest speed. Stopping takes no time: lips and teeth stop each other. */
const SPEED_UP_MS = 25;
/** The first frame has none before it. */
const USUAL_FRAME_MS = 40;

export class MouthDynamics {
  /** Where the mouth is, in the order of the network's parameters. */
  readonly shown = new Float32Array(limits.length);
  private readonly speed = new Float32Array(limits.length);

  /** Moves towards `wanted`, as far as a mouth gets in this time. */
  follow(wanted: Float32Array, elapsedMs: number): void {
    const ms = elapsedMs > 0 ? elapsedMs : USUAL_FRAME_MS;
    for (let i = 0; i < limits.length; i++) {
      const { rise, fall } = limits[i]!;
      // What is no number is rest.
      const goal = wanted[i]! > 0 ? wanted[i]! : 0;
      const way = goal - this.shown[i]!;
      const before = this.speed[i]!;
      const faster = ms / SPEED_UP_MS;
      // A mouth that turns round stands first.
      const fastest = way > 0 ? Math.min(rise, Math.max(before, 0) + rise * faster) : Math.max(-fall, Math.min(before, 0) - fall * faster);
      const furthest = fastest * ms;
      const step = Math.abs(way) < Math.abs(furthest) ? way : furthest;
      this.shown[i] = way === step ? goal : this.shown[i]! + step;
      this.speed[i] = step / ms;
    }
  }
}
