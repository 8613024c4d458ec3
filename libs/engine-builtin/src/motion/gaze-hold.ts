/*
 * Hot path: no allocation after construction.
 *
 * Eyes that are held somewhere in place of where they would look. They get there and back as eyes do, in one jump.
 */
const SACCADE_S = 0.06;

export class GazeHold {
  x = 0;
  y = 0;
  /** How far the eyes are held: 0 is not at all. */
  weight = 0;
  private fromX = 0;
  private fromY = 0;
  private toX = 0;
  private toY = 0;
  private travelled = 1;
  private holds = false;

  get atRest(): boolean {
    return !this.holds && this.weight === 0;
  }

  lookAt(x: number, y: number): void {
    // Eyes that were free are already on their way by the weight.
    const free = this.weight === 0;
    this.fromX = free ? x : this.x;
    this.fromY = free ? y : this.y;
    this.toX = x;
    this.toY = y;
    this.travelled = free ? 1 : 0;
    if (free) {
      this.x = x;
      this.y = y;
    }
    this.holds = true;
  }

  release(): void {
    this.holds = false;
  }

  advance(seconds: number): void {
    const step = seconds / SACCADE_S;
    this.travelled = Math.min(1, this.travelled + step);
    this.x = this.fromX + (this.toX - this.fromX) * this.travelled;
    this.y = this.fromY + (this.toY - this.fromY) * this.travelled;
    this.weight = this.holds ? Math.min(1, this.weight + step) : Math.max(0, this.weight - step);
  }
}
