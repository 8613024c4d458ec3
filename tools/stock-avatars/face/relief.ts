/* The face as a relief: how far each place stands out towards the viewer, in millimetres (0 at the glabella). */
import { bell, bell2, clamp01, cloud, mix, noise, smoothMax, smoothstep, hypot } from '../paint/math.ts';
import { distanceTo, graph, throughPoints } from '../paint/curve.ts';
import type { Point } from '../paint/math.ts';
import type { FaceLines } from './face-lines.ts';

const EYEBALL_RADIUS = 12.3;

export interface Relief {
  height(x: number, y: number): number;
  /** The eyeball's own surface, seen where the lids are open. */
  eyeball(x: number, y: number): number;
  isEyeOpen(x: number, y: number): boolean;
  /** Distance from the head's middle as a part of the outline's: 1 at the outline. */
  outward(x: number, y: number): number;
}

export function faceRelief(lines: FaceLines): Relief {
  const { shape, eye, noseBaseY, noseTipY, alarX, mouthY, mouthX, chinY } = lines;
  const bones = shape.bones;
  const eyeballZ = -18.4;

  const eyeball = (x: number, y: number): number => {
    const dx = Math.abs(x) - eye.centreX, dy = y - eye.irisY;
    const cornea = 0.9 * bell2(dx, dy, 5.2, 5.2);
    return eyeballZ + Math.sqrt(Math.max(0, EYEBALL_RADIUS ** 2 - dx * dx * 0.75 - dy * dy)) * 0.92 + cornea;
  };
  const isEyeOpen = (x: number, y: number): boolean => {
    const ax = Math.abs(x);
    return ax > eye.innerX && ax < eye.outerX && y > eye.upper(ax) && y < eye.lower(ax);
  };

  const bridge = graph([[-26, 0], [-14, 0.6], [-5, 3.0 * shape.noseBridge], [8, 7.5 * shape.noseBridge], [24, 12.8 * shape.noseBridge], [noseTipY - 7, 16.2 * (shape.noseBridge * 0.6 + 0.4)], [noseTipY - 2, 17.8], [noseTipY + 1.5, 17.2], [noseTipY + 4.6, 14.2], [noseTipY + 7.4, 9.4], [noseBaseY + 1.4, 4.6], [noseBaseY + 5, 1.4], [noseBaseY + 9, 0]]);
  const bridgeWidth = graph([[-26, 9], [-6, 5.4], [10, 6.6], [26, 7.8], [noseTipY, 7.7 * shape.noseWidth], [noseBaseY, 5.8 * shape.noseWidth]]);
  const nasolabial = throughPoints([[alarX + 1.5, noseBaseY - 9], [alarX + 6, noseBaseY + 2], [mouthX + 4, mouthY - 8], [mouthX + 7, mouthY + 4]], 8);
  const alarCrease = throughPoints([[alarX - 5.4, noseTipY - 5.5], [alarX + 0.4, noseTipY - 1.6], [alarX + 1.9, noseBaseY - 4], [alarX - 0.6, noseBaseY + 0.4], [alarX - 5, noseBaseY + 1.8]], 6);
  const folds = ageFolds(lines);

  const outward = (x: number, y: number): number => hypot(x, y - lines.centreY) / lines.outline(Math.atan2(x, y - lines.centreY));

  function head(x: number, y: number): number {
    const dy = y - lines.centreY;
    const angle = Math.atan2(x, dy);
    const radius = hypot(x, dy) / lines.outline(angle);
    const down = Math.cos(angle);
    // How deep the outline lies behind the front, and how late the surface turns away: ears far back, chin and jaw near and sudden.
    const toChin = smoothstep(0.35, 1, down), toTop = smoothstep(0.1, -0.9, down);
    const depth = mix(mix(78, 33, toChin), 95, toTop);
    const flatness = mix(mix(2.5, 4.4, toChin), 2.35, toTop);
    return -depth * (1 - Math.sqrt(1 - 0.965 * Math.min(1, radius) ** flatness)) - Math.max(0, radius - 1) * 60;
  }

  function height(x: number, y: number): number {
    const ax = Math.abs(x);
    // |x| without the edge at 0, for shapes that reach the middle
    const wide = Math.sqrt(x * x + 16) - 1.6, near = Math.sqrt(x * x + 5) - 1;
    let z = head(x, y);
    // Forehead, brow ridge, glabella
    z += 2.2 * bell2(wide - 24, y + 52, 17, 14) * 0.6;
    z += (1.6 + 2.6 * bones) * bell2(wide - 27, y + 18.5 + 0.06 * (ax - 27), 13, 5.2);
    z += 1.4 * bell2(x, y + 17, 8, 7) * (0.4 + bones);
    z -= 2.0 * bell2(ax - 62, y + 22, 9, 15);
    // Sockets: deepest beside the nose
    z -= 7.6 * bell2(ax - eye.centreX + 1, y - 0.5, 15.5, 10.5);
    z -= 5.4 * bell2(ax - 15.5, y + 3, 5.6, 9);
    z -= 1.6 * bell2(ax - eye.outerX - 3, y + 3, 6, 6);
    // Cheekbones, cheeks, the hollow under them, muzzle
    z += (2.8 + 2.2 * bones) * bell2(ax - 44, y - 22 - 0.12 * (ax - 44), 14, 9);
    z += (3 + 2.5 * shape.fullness) * bell2(wide - 33, y - 37, 15, 15);
    z += 3.2 * shape.fullness * bell2(ax - 42, y - 58, 15, 17);
    z -= (1.2 + 3.4 * bones - 2 * shape.fullness) * bell2(ax - 47, y - 56, 10, 16);
    z += 4.4 * bell2(x, y - mouthY + 2, 20, 15);
    // Chin: a pad under the groove below the lip
    z -= 3.6 * bell2(x, y - (mouthY + shape.lowerLip + 6.5), 15, 4.6);
    z += (4.6 + bones) * bell2(x, y - (chinY - 19), 13 * shape.chin, 9);
    z += 1.0 * bell2(wide - 11, y - (chinY - 12), 9, 8);
    z -= 1.2 * bell2(ax - 26, y - (chinY - 26), 8, 12);
    if (bones > 0.6) z += 1.6 * (bones - 0.5) * bell2(ax - 47 * shape.jaw, y - (chinY - 38), 9, 10);

    // Nose: ridge, ball, wings, nostrils
    const width = bridgeWidth(y);
    const raised = y + 0.036 * ax * ax;
    z += bridge(raised) * Math.exp(-((near / (width * 1.28)) ** 2.3));
    z += ((2.3 * bridge(y)) / 14) * bell(ax, width * 2.1);
    z += 2.4 * shape.noseTip * bell2(x, y - noseTipY, 6.4, 5.2);
    z += 0.25 * bell2(near - 4.6, y - noseTipY + 0.4, 3.4, 3.6);
    z += 6.8 * Math.exp(-((((ax - alarX + 5.2) / 6.2) ** 2 + ((y - noseBaseY + 7.4) / 6.8) ** 2) ** 1.15));
    z -= 2.0 * bell2(ax - alarX * 0.52, y - noseBaseY + 1.1, 4.1, 1.9);
    z += 1.2 * bell2(x, y - noseBaseY + 0.8, 2.6, 3.2);
    if (ax < 34 && y > noseTipY - 12 && y < noseBaseY + 8) {
      const crease = distanceTo(alarCrease, ax, y);
      z -= 1.7 * bell(crease.distance, 1.25) * smoothstep(0, 0.25, crease.along) * smoothstep(1, 0.7, crease.along);
    }
    // The groove between nose and lip, with its two ridges
    const between = smoothstep(noseBaseY, noseBaseY + 3, y) * smoothstep(mouthY - shape.upperLip + 2, mouthY - shape.upperLip - 2, y);
    z += between * (0.5 * bell(ax - 5.2, 2.1) - 0.75 * bell(x, 2.6));

    z += lips(x, y, ax);
    z = eyes(z, x, y, ax);

    if (ax < 60 && y > 20) {
      const fold = distanceTo(nasolabial, ax, y);
      const inner = (0.25 + 0.9 * shape.age) * bell(fold.distance, 2.2) + (0.6 + 1.4 * shape.age) * bell(fold.distance, 6) * 0.5;
      z -= inner * smoothstep(0, 0.2, fold.along) * smoothstep(1, 0.75, fold.along);
    }
    z -= 1.5 * bell2(ax - mouthX - 1.6, y - mouthY + shape.smile * 0.8, 2.6, 3.2);
    for (const { line, depth, sigma } of folds) {
      const { distance, along } = distanceTo(line, ax, y);
      if (distance < sigma * 4) z -= depth * bell(distance, sigma) * Math.sin(Math.PI * clamp01(along * 0.96 + 0.02)) ** 0.6;
    }
    z += 0.25 * cloud(x / 14, y / 14, 2, 3);
    z += 0.028 * noise(x * 1.15, y * 1.15, 5) + 0.018 * noise(x * 2.3, y * 2.1, 6);
    return z;
  }

  function lips(x: number, y: number, ax: number): number {
    if (ax > mouthX + 4 || y < mouthY - 16 || y > mouthY + 20) return 0;
    const t = clamp01(ax / mouthX);
    const taper = Math.max(0, 1 - t ** 2.6) ** 1.15;
    const top = lines.lipTop(ax), meet = lines.lipMeet(ax), bottom = lines.lipBottom(ax);
    let z = 0;
    if (ax < mouthX) {
      if (y <= meet) {
        const up = (meet - y) / Math.max(0.6, meet - top);
        const body = up < 1 ? Math.sqrt(Math.max(0, 1 - (1 - Math.min(1, up / 0.55)) ** 2.2)) * mix(1, 0.55, smoothstep(0.45, 1, up)) : 0.55 * bell((up - 1) * (meet - top), 2.2);
        z += (2.0 + 0.18 * shape.upperLip) * taper * body + 0.4 * bell2(x, y - (meet - 3), 3, 2.2) * taper;
      } else {
        const low = (y - meet) / Math.max(0.6, bottom - meet);
        const body = low < 1 ? Math.sqrt(Math.max(0, 1 - (1 - Math.min(1, low / 0.5)) ** 2.2)) * mix(1, 0.5, smoothstep(0.45, 1, low)) : 0.5 * bell((low - 1) * (bottom - meet), 2.4);
        z += (2.4 + 0.24 * shape.lowerLip) * taper * body + 0.5 * bell2(Math.sqrt(x * x + 9) - 7.6, y - meet - 4, 4.5, 2.6) * taper;
      }
      // Fine furrows across the lips
      if (y > top && y < bottom) z += 0.035 * noise(x * 1.3 + 0.25 * noise(x / 3, y / 3, 9), y * 0.12, 8) * taper;
    }
    z -= 0.9 * bell(y - meet, 0.7) * (ax < mouthX + 1.5 ? 1 : 0) * smoothstep(mouthX + 0.5, mouthX - 3.5, ax);
    return z;
  }

  function eyes(z: number, x: number, y: number, ax: number): number {
    const dx = ax - eye.centreX, dy = y - eye.irisY;
    if (Math.abs(dx) > 31 || Math.abs(dy) > 24) return z;
    // Skin over the eyeball
    const lid = eyeballZ + Math.sqrt(Math.max(0, (EYEBALL_RADIUS + 1.6) ** 2 - dx * dx * 0.75 - dy * dy)) * 0.92 - 0.12;
    const around = smoothstep(24, 12, hypot(dx * 0.82, dy * (dy > 0 ? 1.75 : 1.25)));
    z = mix(z, smoothMax(z, lid, 4.6), around);
    const upper = eye.upper(ax), crease = eye.crease(ax);
    const along = smoothstep(eye.innerX - 1, eye.innerX + 6, ax) * smoothstep(eye.outerX + 7, eye.outerX - 2, ax);
    if (y < upper + 2) {
      const above = crease - y;
      z -= 1.25 * bell(above, 0.75) * along;
      z += (0.9 + 0.9 * shape.age) * bell(above - 3.6, 2.4) * along * smoothstep(-0.4, 0.8, above);
    }
    // The lower lid's rim, the furrow under it, bags of age
    const below = y - eye.lower(ax);
    if (below > -1) {
      z += 0.55 * bell(below - 1.1, 0.9) * along;
      z -= 0.55 * bell(below - 4.2 - 0.03 * dx, 1.5) * along;
      z += (0.35 + 1.1 * shape.age) * bell(below - 8, 2.6) * along;
      z -= (0.5 + 1.1 * shape.age) * bell(below - 12.2 + 0.14 * dx, 2.1) * along;
    }
    return z;
  }
  return { height, eyeball, isEyeOpen, outward };
}

interface Fold {
  line: Point[];
  depth: number;
  sigma: number;
}

/** Lines of age: forehead, crow's feet, between the brows, from the corners of the mouth down. Given for |x|. */
function ageFolds({ shape, eye, mouthX, mouthY }: FaceLines): Fold[] {
  const age = Math.max(0, shape.age - 0.2) * 1.25;
  if (age <= 0) return [];
  const x = eye.outerX;
  const fold = (depth: number, sigma: number, ...points: Point[]): Fold => ({ line: throughPoints(points, 6), depth: depth * age, sigma });
  return [
    fold(0.42, 0.9, [0, -40], [15, -41.5], [30, -41], [46, -37]),
    fold(0.46, 1, [0, -49], [18, -51], [36, -50], [52, -45]),
    fold(0.34, 1, [0, -58.5], [16, -60], [34, -59]),
    fold(0.5, 0.7, [x + 4, -3], [x + 9, -6.5], [x + 14, -9]),
    fold(0.5, 0.7, [x + 4.5, 0.5], [x + 10, 0.5], [x + 15, -0.6]),
    fold(0.45, 0.7, [x + 3.5, 3.6], [x + 8.5, 6.4], [x + 13.5, 9]),
    fold(0.35, 1, [4.6, -27], [4.8, -21], [5.8, -15]),
    fold(0.55, 1.4, [mouthX + 3, mouthY + 2], [mouthX + 5.5, mouthY + 9], [mouthX + 6, mouthY + 17]),
    fold(0.5, 1, [eye.centreX - 14, 9], [eye.centreX - 6, 14.5], [eye.centreX + 6, 17]),
  ];
}
