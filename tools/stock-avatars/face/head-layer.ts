/* Puts the relief of a face on the picture: tilted, turned a little to the side. */
import type { Relief } from './relief.ts';

const STEP_MM = 0.25;
const LEFT = -84, TOP = -132, WIDTH = 168, HEIGHT = 276;
/** The neck's joint: heads tilt around it. */
const PIVOT_Y = 95;
/** Where the face's own zero lies on the picture: so far below the shoulders' measure, for a neck of the right length. */
const DROP = 8;
/** What lies at this depth stays in place when the head is turned. */
const PIVOT_Z = -45;

export interface HeadPlace {
  /** From a place of the picture (mm) to one of the face; the same object each time. */
  toFace(x: number, y: number): { x: number; y: number };
  /** Back; `z` is the relief there unless told. */
  toPicture(x: number, y: number, z?: number): readonly [number, number];
  height(x: number, y: number): number;
}

export function placeHead(relief: Relief, turnDegrees: number, tiltDegrees: number): HeadPlace {
  const columns = Math.round(WIDTH / STEP_MM), rows = Math.round(HEIGHT / STEP_MM);
  const grid = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) grid[row * columns + column] = relief.height(LEFT + column * STEP_MM, TOP + row * STEP_MM);
  }
  const height = (x: number, y: number): number => {
    const cx = Math.min(columns - 1.01, Math.max(0, (x - LEFT) / STEP_MM)), cy = Math.min(rows - 1.01, Math.max(0, (y - TOP) / STEP_MM));
    const x0 = cx | 0, y0 = cy | 0, fx = cx - x0, fy = cy - y0, at = y0 * columns + x0;
    return (grid[at]! * (1 - fx) + grid[at + 1]! * fx) * (1 - fy) + (grid[at + columns]! * (1 - fx) + grid[at + columns + 1]! * fx) * fy;
  };
  const tilt = (tiltDegrees * Math.PI) / 180, turn = Math.tan((turnDegrees * Math.PI) / 180);
  const cos = Math.cos(tilt), sin = Math.sin(tilt);
  const place = { x: 0, y: 0 };
  return {
    height,
    toFace(px, pictureY) {
      const py = pictureY - DROP;
      const x = px * cos + (py - PIVOT_Y) * sin, y = -px * sin + (py - PIVOT_Y) * cos + PIVOT_Y;
      let fx = x;
      if (turn !== 0) for (let i = 0; i < 5; i++) fx = fx * 0.4 + 0.6 * (x - turn * (Math.max(-80, height(fx, y)) - PIVOT_Z));
      place.x = fx;
      place.y = y;
      return place;
    },
    toPicture(fx, fy, z = height(fx, fy)) {
      const x = fx + turn * (Math.max(-80, z) - PIVOT_Z), y = fy - PIVOT_Y;
      return [x * cos - y * sin, x * sin + y * cos + PIVOT_Y + DROP];
    },
  };
}
