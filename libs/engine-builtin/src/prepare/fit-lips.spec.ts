import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../face/face-detector.ts';
import { contour, faceOval, LANDMARK_COUNT, point } from '../face/landmarks.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import { fitLips } from './fit-lips.ts';

const SIZE = 300;
const MOUTH_Y = 200;
const CORNERS = [110, 190] as const;

/** A frontal face whose lips, `gap` pixels apart, lie level at MOUTH_Y. */
function meshWith(gap: number): FaceMesh {
  const mesh = new Float32Array(LANDMARK_COUNT * 3);
  const put = (index: number, x: number, y: number) => mesh.set([x, y, 0], index * 3);
  faceOval.forEach((index, i) => put(index, 150 + 85 * Math.sin((2 * Math.PI * i) / faceOval.length), 150 - 105 * Math.cos((2 * Math.PI * i) / faceOval.length)));
  put(point.noseTip, 150, 160);
  put(point.noseBase, 150, 172);
  put(point.betweenEyes, 150, 100);
  const across = (indices: readonly number[], y: number, bend: number) =>
    indices.forEach((index, i) => {
      const t = i / (indices.length - 1);
      put(index, CORNERS[0] + (CORNERS[1] - CORNERS[0]) * t, y + bend * Math.sin(Math.PI * t));
    });
  across(contour.outerLipUpper, MOUTH_Y, -14);
  across(contour.outerLipLower, MOUTH_Y, 22);
  across(contour.innerLipUpper, MOUTH_Y, -gap / 2);
  across(contour.innerLipLower, MOUTH_Y, gap / 2);
  return mesh;
}

/** Skin with red lips and, `below` the mesh's, the dark line between them. */
function pictureWith(below: number, contrast = 70): RgbImage {
  const data = new Uint8Array(SIZE * SIZE * 3);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const inside = x > CORNERS[0] && x < CORNERS[1];
      const fromLine = Math.abs(y - MOUTH_Y - below);
      const light = 190 - (inside ? contrast * Math.exp(-((fromLine / 1.6) ** 2)) : 0);
      data.set([light, light * 0.8, light * 0.7], (y * SIZE + x) * 3);
    }
  }
  return { width: SIZE, height: SIZE, data };
}

const yOf = (mesh: FaceMesh, index: number) => mesh[index * 3 + 1]!;

describe('the line between shut lips', () => {
  it.each([-0.5, 3, 4])('is found %s pixels below the mesh\'s', (below) => {
    const fitted = fitLips(meshWith(3), pictureWith(below));
    const middle = (yOf(fitted, point.lipCentreUpperInner) + yOf(fitted, point.lipCentreLowerInner)) / 2;
    expect(middle).toBeGreaterThan(MOUTH_Y + below - 0.9);
    expect(middle).toBeLessThan(MOUTH_Y + below + 0.9);
    expect(yOf(fitted, point.lipCentreLowerInner)).toBeGreaterThanOrEqual(yOf(fitted, point.lipCentreUpperInner));
  });

  it('is not sought where none is to be seen', () => {
    const mesh = meshWith(2);
    expect(fitLips(mesh, pictureWith(4, 3))).toEqual(mesh);
  });

  it('is not sought between parted lips', () => {
    const mesh = meshWith(12);
    expect(fitLips(mesh, pictureWith(4))).toEqual(mesh);
  });

  it('is not the shadow that an upper lip throws on teeth', () => {
    const mesh = meshWith(4);
    expect(fitLips(mesh, pictureWith(-4))).toEqual(mesh);
  });
});

/** Red lips with white teeth between them, from `top` to `bottom` below the mouth's line. */
function smileWith(top: number, bottom: number): RgbImage {
  const data = new Uint8Array(SIZE * SIZE * 3);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const inside = x > CORNERS[0] && x < CORNERS[1];
      const b = y - MOUTH_Y;
      const colour = inside && b > top && b < bottom ? [225, 222, 215] : inside && b > -16 && b < 22 ? [185, 50, 70] : [215, 175, 155];
      data.set(colour, (y * SIZE + x) * 3);
    }
  }
  return { width: SIZE, height: SIZE, data };
}

describe('the edges of parted lips', () => {
  it('are found where red lips end, so that no teeth stick to them', () => {
    const fitted = fitLips(meshWith(12), smileWith(-3, 10));
    expect(yOf(fitted, point.lipCentreUpperInner)).toBeGreaterThan(MOUTH_Y - 4.5);
    expect(yOf(fitted, point.lipCentreUpperInner)).toBeLessThan(MOUTH_Y - 1.5);
    expect(yOf(fitted, point.lipCentreLowerInner)).toBeGreaterThan(MOUTH_Y + 8.5);
    expect(yOf(fitted, point.lipCentreLowerInner)).toBeLessThan(MOUTH_Y + 11.5);
  });
});
