import { describe, expect, it } from 'vitest';
import { anglesOf, applyRigid, fitRigid, quaternionOf, rotationOf, undoRigid } from './rigid.ts';
import type { Rigid } from './rigid.ts';

/** About an axis, by an angle. */
function turn(axis: 'x' | 'y' | 'z', angle: number): Float64Array {
  const q = [Math.cos(angle / 2), 0, 0, 0];
  q[{ x: 1, y: 2, z: 3 }[axis]] = Math.sin(angle / 2);
  return rotationOf(q);
}

const points = Float64Array.from({ length: 36 }, (_, i) => 40 * Math.sin(3.7 * i) + (i % 3 === 2 ? 10 : 0));
const ones = new Float64Array(12).fill(1);

describe('fitRigid', () => {
  it.each([
    ['x', 0.4],
    ['y', -0.6],
    ['z', 2.5],
  ] as const)('finds turn, scale and shift about %s', (axis, angle) => {
    const truth: Rigid = { scale: 1.3, rotation: turn(axis, angle), shift: [5, -7, 2] };
    const moved = Float64Array.from(Array.from({ length: 12 }, (_, i) => applyRigid(truth, points, i * 3)).flat());
    const found = fitRigid(points, moved, ones);
    expect(found.scale).toBeCloseTo(1.3, 6);
    found.rotation.forEach((value, i) => expect(value).toBeCloseTo(truth.rotation[i]!, 6));
    found.shift.forEach((value, i) => expect(value).toBeCloseTo(truth.shift[i]!, 5));
    undoRigid(found, applyRigid(truth, points, 9)).forEach((value, i) => expect(value).toBeCloseTo(points[9 + i]!, 6));
  });

  it('takes points without weight for nothing', () => {
    const moved = points.slice();
    moved[0] = 500;
    const weights = ones.slice();
    weights[0] = 0;
    expect(fitRigid(points, moved, weights).scale).toBeCloseTo(1, 6);
  });
});

it('names a head that is turned to the picture\'s right, nods down and leans clockwise', () => {
  // In the picture x goes right, y down, z away from the viewer: a nose that goes right turns about y by a negative angle.
  expect(anglesOf({ scale: 1, shift: [0, 0, 0], rotation: turn('y', -0.3) })[0]).toBeCloseTo(0.3, 6);
  expect(anglesOf({ scale: 1, shift: [0, 0, 0], rotation: turn('x', 0.2) })[1]).toBeCloseTo(0.2, 6);
  expect(anglesOf({ scale: 1, shift: [0, 0, 0], rotation: turn('z', 0.1) })[2]).toBeCloseTo(0.1, 6);
});

it('goes from a rotation to a quaternion and back', () => {
  for (const angle of [0.1, 1.5, 3.1]) {
    const rotation = turn('y', angle);
    rotationOf(quaternionOf(rotation)).forEach((value, i) => expect(value).toBeCloseTo(rotation[i]!, 9));
  }
});
