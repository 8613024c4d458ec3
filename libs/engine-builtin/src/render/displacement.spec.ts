import { describe, expect, it } from 'vitest';
import type { Curve, EyeGeometry, FaceGeometry } from '../face/face-geometry.ts';
import { displacementOf, DISPLACEMENT_VALUES } from './displacement.ts';
import type { Surface } from './displacement.ts';
import { drawn } from './drawn-pose.ts';

const UNIT = 124;
/** No motion leans further. */
const MOST_LEAN = 0.06;
const FRAME = { width: 512, height: 512 };
const EXPRESSION = ['smile', 'frown', 'brow', 'browInner', 'browFurrow', 'squint', 'eyesWide'] as const;
const SKIN: readonly Surface[] = ['face', 'upperLip', 'lowerLip'];

function arc(from: number, to: number, ends: number, middle: number): Curve {
  const a = Float64Array.from({ length: 9 }, (_, i) => from + ((to - from) * i) / 8);
  return { a, b: a.map((at) => middle + (ends - middle) * ((2 * at - from - to) / (to - from)) ** 2) };
}

function eye(from: number, to: number, browB: number): EyeGeometry {
  return { upper: arc(from, to, -0.72, -0.8), lower: arc(from, to, -0.72, -0.67), brow: arc(from, to, browB + 0.03, browB), innerA: from, outerA: to, irisA: (from + to) / 2, irisB: -0.74 };
}

/** A face whose far side is `turned` away: its corner, its edge and its eye lie nearer to the middle. Its brows may lie lower. */
function face(turned = 0, lower = 0): FaceGeometry {
  const left = 1 - turned;
  return {
    originX: 256, originY: 330, rightX: 1, rightY: 0, unitPx: UNIT, eyeDistancePx: 0.8 * UNIT, faceHeightPx: 2.02 * UNIT, centreX: 256, centreY: 270, yaw: 0,
    leftCornerA: -0.3 * left, rightCornerA: 0.3, leftEdgeA: -0.75 * left + 0.1 * turned, rightEdgeA: 0.75,
    upperSeam: arc(-0.3 * left, 0.3, 0, 0), lowerSeam: arc(-0.3 * left, 0.3, 0, 0.01), upperLipB: -0.08, lowerLipB: 0.11, noseB: -0.25, chinA: 0, chinB: 0.5,
    leftEye: eye(-0.58 * left, -0.22 * left, -0.99 + lower), rightEye: eye(0.22, 0.58, -1.03 + lower),
  };
}

/** How all channels move points every `step` pixels over the whole picture, row by row. */
function fields(of: FaceGeometry, surface: Surface, step: number) {
  const move = displacementOf(of, FRAME);
  const side = FRAME.width / step + 1;
  const points = Array.from({ length: side * side }, (_, i) => {
    const values = new Float32Array(DISPLACEMENT_VALUES);
    move(surface, (i % side) * step, Math.floor(i / side) * step, values);
    return values;
  });
  return { side, at: (channel: number, i: number) => ({ dx: points[i]![2 * channel]!, dy: points[i]![2 * channel + 1]! }), points };
}

describe('the displacement of expressions', () => {
  it('is the same on every sheet of skin, so that nothing parts or tears', () => {
    const [first, ...others] = SKIN.map((surface) => fields(face(), surface, 16));
    for (const { points, at } of others) for (const name of EXPRESSION) for (let i = 0; i < points.length; i++) expect(at(drawn[name], i)).toEqual(first!.at(drawn[name], i));
  });

  it('never folds the picture, on a frontal and on a turned face, with brows high and low', () => {
    const step = 6.4;
    for (const [turned, lower] of [[0, 0], [0.4, 0], [0.75, 0], [0, 0.09], [0.4, 0.09], [0, 0.14]] as const) {
      const { side, at } = fields(face(turned, lower), 'face', step);
      for (const name of [...EXPRESSION, 'lean'] as const) {
        const part = (name === 'lean' ? MOST_LEAN : 1) / step;
        let flattest = 1;
        for (let i = 0; i < side * (side - 1); i++) {
          if (i % side === side - 1) continue;
          const [here, right, below] = [at(drawn[name], i), at(drawn[name], i + 1), at(drawn[name], i + side)];
          const area = (1 + part * (right.dx - here.dx)) * (1 + part * (below.dy - here.dy)) - part * (below.dx - here.dx) * part * (right.dy - here.dy);
          flattest = Math.min(flattest, area);
        }
        expect(flattest, `${name}, turned ${turned}, brows lower by ${lower}`).toBeGreaterThan(0.25);
      }
    }
  });

  it('leaves the edges of the picture where they are, or moves them out of it', () => {
    const { side, at } = fields(face(), 'face', 16);
    for (const name of [...EXPRESSION, 'lean'] as const) {
      // Whoever leans forward fills more of the picture.
      const [amount, most] = name === 'lean' ? [MOST_LEAN, 10] : [1, 0.01];
      for (let i = 0; i < side; i++) {
        const [top, left, right] = [at(drawn[name], i), at(drawn[name], i * side), at(drawn[name], i * side + side - 1)];
        for (const edge of [top, left, right]) expect(amount * Math.hypot(edge.dx, edge.dy), name).toBeLessThan(most);
        for (const inwards of [top.dy, left.dx, -right.dx]) expect(amount * inwards, name).toBeLessThan(0.01);
      }
    }
  });

  it('goes where the name says', () => {
    const of = face();
    const at = (name: keyof typeof drawn, a: number, b: number) => {
      const values = new Float32Array(DISPLACEMENT_VALUES);
      displacementOf(of, FRAME)('face', of.originX + a * UNIT, of.originY + b * UNIT, values);
      return { da: values[2 * drawn[name]]! / UNIT, db: values[2 * drawn[name] + 1]! / UNIT };
    };
    for (const side of [-1, 1]) {
      const corner = at('smile', side * 0.3, 0);
      expect(side * corner.da).toBeGreaterThan(0.02);
      expect(corner.db).toBeLessThan(-0.04);
      expect(at('frown', side * 0.3, 0).db).toBeGreaterThan(0.03);
      const [inner, outer] = [side * 0.22, side * 0.56];
      expect(at('browInner', inner, -1.01).db).toBeLessThan(-0.04);
      expect(Math.abs(at('browInner', outer, -1.01).db)).toBeLessThan(0.02);
      expect(at('browFurrow', inner, -1.01).db).toBeGreaterThan(0.03);
      expect(side * at('browFurrow', inner, -1.01).da).toBeLessThan(-0.01);
      expect(at('squint', side * 0.4, -0.67).db).toBeLessThan(-0.02);
      expect(at('eyesWide', side * 0.4, -0.8).db).toBeLessThan(-0.015);
      // The other lid and the iris stay.
      expect(Math.abs(at('squint', side * 0.4, -0.8).db)).toBeLessThan(0.002);
      expect(Math.abs(at('eyesWide', side * 0.4, -0.67).db)).toBeLessThan(0.002);
    }
    expect(Math.abs(at('smile', 0, 0).db)).toBeLessThan(0.01);
    expect(at('frown', 0, 0.06).db).toBeLessThan(-0.01);
  });
});
