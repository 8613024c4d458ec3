/*
 * Where everything of a face lies, from the front: millimetres from the point between the eyes, x to the picture's right, y down.
 * Faces are drawn symmetric, with |x|; the picture's turn, tilt and light and a little noise make the halves differ.
 */
import { graph, throughPoints } from '../paint/curve.ts';
import { hypot } from '../paint/math.ts';
import type { Point } from '../paint/math.ts';
import type { FaceShape } from '../person.ts';

export interface EyeLines {
  centreX: number;
  innerX: number;
  outerX: number;
  irisY: number;
  irisRadius: number;
  /** The lids' edges and the fold above, as y over |x|. */
  upper(ax: number): number;
  lower(ax: number): number;
  crease(ax: number): number;
}

export interface FaceLines {
  shape: FaceShape;
  /** Distance of the head's outline from its middle (0, 5), by angle: 0 down, π up. */
  outline(angle: number): number;
  centreY: number;
  eye: EyeLines;
  noseBaseY: number;
  noseTipY: number;
  alarX: number;
  mouthY: number;
  mouthX: number;
  /** The lips' edges as y over |x|. */
  lipTop(ax: number): number;
  lipMeet(ax: number): number;
  lipBottom(ax: number): number;
  chinY: number;
  /** The brow's lower edge and thickness as y over |x|; `browInner` and `browOuter` are its ends. */
  browLine(ax: number): number;
  browInner: number;
  browOuter: number;
}

export const HEAD_CENTRE_Y = 5;

export function faceLines(shape: FaceShape): FaceLines {
  const { length } = shape;
  const chinY = 117 * length;
  const noseBaseY = 47.5 * shape.noseLength * length;
  const mouthY = noseBaseY + 22.5 * length;
  return {
    shape,
    outline: headOutline(shape, chinY),
    centreY: HEAD_CENTRE_Y,
    eye: eyeLines(shape),
    noseBaseY,
    noseTipY: noseBaseY - 8.5,
    alarX: 16.8 * shape.noseWidth,
    mouthY,
    mouthX: shape.mouthWidth / 2,
    ...lipLines(shape, mouthY),
    chinY,
    ...browLines(shape),
  };
}

function headOutline(shape: FaceShape, chinY: number): (angle: number) => number {
  const { length } = shape;
  const side: Point[] = [
    [8 * shape.chin, chinY - 0.6], [19 * shape.chin, chinY - 4.5], [30 * (shape.chin * 0.6 + 0.4), chinY - 13], [42 * shape.jaw, chinY - 25], [51.5 * shape.jaw, chinY - 39],
    [58 * (shape.jaw * 0.8 + 0.2), chinY - 56], [63.5 * (shape.jaw * 0.35 + 0.65) * (shape.cheeks * 0.5 + 0.5), chinY - 73], [67.5 * shape.cheeks, 24 * length], [69.5 * shape.cheeks, 5],
    [70, -14], [70, -34], [67.5, -56], [60.5, -77], [48.5, -95], [32.5, -108], [16, -115],
  ];
  const loop = throughPoints([[0, chinY], ...side, [0, -117], ...side.map(([x, y]): Point => [-x, y]).reverse()], 24, true);
  const STEPS = 1440;
  const table = new Float64Array(STEPS);
  const polar = loop.map(([x, y]) => ({ angle: Math.atan2(x, y - HEAD_CENTRE_Y), radius: hypot(x, y - HEAD_CENTRE_Y) })).sort((a, b) => a.angle - b.angle);
  for (let i = 0; i < STEPS; i++) {
    const angle = (i / STEPS) * 2 * Math.PI - Math.PI;
    let next = polar.findIndex((p) => p.angle >= angle);
    if (next < 0) next = 0;
    const b = polar[next]!, a = polar[(next + polar.length - 1) % polar.length]!;
    const span = (b.angle - a.angle + 2 * Math.PI) % (2 * Math.PI) || 1;
    const t = ((angle - a.angle + 2 * Math.PI) % (2 * Math.PI)) / span;
    table[i] = a.radius + (b.radius - a.radius) * Math.min(1, t);
  }
  return (angle) => {
    const at = (((angle + Math.PI) / (2 * Math.PI)) * STEPS + STEPS) % STEPS;
    const i = Math.floor(at);
    return table[i % STEPS]! + (table[(i + 1) % STEPS]! - table[i % STEPS]!) * (at - i);
  };
}

function eyeLines(shape: FaceShape): EyeLines {
  const half = shape.eyeWidth / 2, tall = shape.eyeHeight;
  const centreX = shape.eyeSpacing / 2;
  const innerX = centreX - half, outerX = centreX + half;
  const inner = 1.6, outer = inner - 0.6 - shape.eyeTilt;
  const up = tall * 0.565, down = tall * 0.435;
  const at = (t: number) => innerX + t * 2 * half;
  const upper = graph([[at(0), inner], [at(0.07), inner - 1.1], [at(0.22), -up * 0.72], [at(0.45), -up], [at(0.66), -up * 0.93 - shape.eyeTilt * 0.15], [at(0.86), -up * 0.5 - shape.eyeTilt * 0.45], [at(1), outer]]);
  const lower = graph([[at(0), inner], [at(0.07), inner + 0.7], [at(0.3), down * 0.84], [at(0.6), down], [at(0.82), down * 0.62 - shape.eyeTilt * 0.3], [at(1), outer]]);
  const lid = shape.lidCrease;
  const crease = graph([[at(-0.02), inner - 1.8 - lid * 0.25], [at(0.2), -up * 0.8 - lid * 0.72], [at(0.48), -up - lid], [at(0.75), -up * 0.82 - lid * 0.95 - shape.eyeTilt * 0.3], [at(1.03), outer - lid * 0.62], [at(1.2), outer + 0.6]]);
  return { centreX, innerX, outerX, irisY: -tall * 0.1, irisRadius: 5.85, upper, lower, crease };
}

function lipLines(shape: FaceShape, mouthY: number): Pick<FaceLines, 'lipTop' | 'lipMeet' | 'lipBottom'> {
  const half = shape.mouthWidth / 2;
  const corner = mouthY - shape.smile;
  const at = (t: number) => half * t;
  const { upperLip, lowerLip } = shape;
  return {
    lipTop: graph([[at(0), mouthY - upperLip * 0.83], [at(0.09), mouthY - upperLip * 0.89], [at(0.22), mouthY - upperLip], [at(0.42), mouthY - upperLip * 0.8], [at(0.7), mouthY - upperLip * 0.42], [at(0.9), corner - 0.9], [at(1), corner]]),
    lipMeet: graph([[at(0), mouthY + 0.9], [at(0.12), mouthY + 0.5], [at(0.32), mouthY - 0.5], [at(0.6), mouthY + 0.1], [at(0.85), corner + 0.35], [at(1), corner]]),
    lipBottom: graph([[at(0), mouthY + lowerLip], [at(0.25), mouthY + lowerLip * 0.97], [at(0.5), mouthY + lowerLip * 0.8], [at(0.75), mouthY + lowerLip * 0.44], [at(0.92), corner + 1.5], [at(1), corner]]),
  };
}

function browLines(shape: FaceShape): Pick<FaceLines, 'browLine' | 'browInner' | 'browOuter'> {
  const y = -shape.browHeight, rise = shape.browArch;
  const browInner = shape.eyeSpacing / 2 - 19.5, browOuter = shape.eyeSpacing / 2 + 22;
  const at = (t: number) => browInner + (browOuter - browInner) * t;
  return {
    browInner, browOuter,
    browLine: graph([[at(0), y + 2.8], [at(0.25), y + 1 - rise * 0.2], [at(0.62), y - rise], [at(0.85), y - rise * 0.35], [at(1), y + 3.2]]),
  };
}
