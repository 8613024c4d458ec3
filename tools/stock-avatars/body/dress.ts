/* What people wear, as pieces of cloth from the inside out. */
import { mix, mixColour, noise, scaleColour, smoothstep, hypot } from '../paint/math.ts';
import type { Colour, Point } from '../paint/math.ts';
import { throughPoints } from '../paint/curve.ts';
import type { Scene } from '../paint/scene.ts';
import type { Body } from './body-relief.ts';
import { clothLayer } from './cloth.ts';
import type { ClothPiece, Fold } from './cloth.ts';

export type Dress =
  | { kind: 'sweater'; colour: Colour; neck: 'crew' | 'turtle'; knit: 'knit' | 'rib' }
  | { kind: 'shirt'; colour: Colour; weave: 'fine' | 'denim'; buttons: Colour }
  | { kind: 'blazer'; jacket: Colour; under: 'shirt' | 'blouse'; underColour: Colour }
  | { kind: 'coat'; coat: Colour; scrubs: Colour }
  | { kind: 'cardigan'; cardigan: Colour; blouse: Colour }
  | { kind: 'scarf'; scarf: Colour; jacket: Colour };

type Lay = (piece: Omit<ClothPiece, 'under'> & { under?: ClothPiece['under'] }) => void;

const mirrored = (points: readonly Point[]): Point[] => points.map(([x, y]): Point => [-x, y]);
const BOTTOM = 280;

export function dressBody(scene: Scene, body: Body, dress: Dress): void {
  const lay: Lay = (piece) => scene.add(clothLayer(scene, { under: body.height, ...piece }));
  switch (dress.kind) {
    case 'sweater': return sweater(lay, body, dress);
    case 'shirt': return shirt(lay, body, dress.colour, dress.weave, dress.buttons);
    case 'blazer':
      if (dress.under === 'shirt') shirt(lay, body, dress.underColour, 'fine', scaleColour(dress.underColour, 0.9), true);
      else torso(lay, body, { colour: dress.underColour, depth: 44, halfWidth: 50, lift: 2, weave: 'smooth', gloss: 0.16, waves: 1.2, vee: true, inner: true });
      return jacket(lay, body, dress.jacket, 'twill', 62, 0);
    case 'coat':
      torso(lay, body, { colour: dress.scrubs, depth: 62, halfWidth: 52, lift: 2.5, weave: 'fine', gloss: 0.04, waves: 1, vee: true, inner: true });
      scrubsTrim(lay, body, dress.scrubs);
      return jacket(lay, body, dress.coat, 'fine', 70, 1);
    case 'cardigan':
      shirt(lay, body, dress.blouse, 'fine', scaleColour(dress.blouse, 0.85), true);
      return cardigan(lay, body, dress.cardigan);
    case 'scarf': {
      torso(lay, body, { colour: dress.jacket, depth: 14, halfWidth: 60, lift: 6, weave: 'twill', gloss: 0.04, waves: 1.2 });
      // The scarf's inside, seen where the face does not fill its opening
      lay({ outline: throughPoints([[0, -90], [62, -60], [74, 10], [62, 80], [0, 128], [-62, 80], [-74, 10], [-62, -60]], 8, true), under: () => -92, lift: 0.5, edge: 2, colour: scaleColour(dress.scarf, 0.6), waves: 0.5, weave: 'smooth' });
      return;
    }
  }
}

/** Shoulders' outline at a distance above the body. */
function shoulderLine(body: Body, from: number, lift: number): Point[] {
  const line: Point[] = [];
  for (let x = from; x <= 230; x += 6) line.push([x, body.shoulderTop(x) - lift + Math.max(0, x - 180) * 1.5]);
  return line;
}

function sleeveFolds(seed: number): Fold[] {
  const folds: Fold[] = [];
  for (const side of [-1, 1]) {
    const fold = (height: number, sigma: number, ...points: Point[]) => folds.push({ line: throughPoints(points.map(([x, y]): Point => [x * side, y]), 6), height, sigma });
    const n = (k: number) => 4 * noise(k * 3.3 + side, seed, 5);
    // The seam of the sleeve, and what hangs from shoulder and armpit
    fold(-1.6, 1.2, [150, 190 + n(0)], [147, 215], [141, 250], [138, 300]);
    fold(2.2, 4.5, [128, 200 + n(1)], [118, 222], [96 + n(2), 244], [70, 262]);
    fold(-2.4, 3.4, [140, 216 + n(3)], [122, 238], [98 + n(4), 258]);
    fold(2.4, 4, [162, 214], [168 + n(5), 240], [170, 300]);
    fold(-2, 3, [172, 226 + n(6)], [160, 250], [154, 300]);
    fold(1.6, 4, [64, 196 + n(7)], [58, 226], [62 + n(8), 262]);
  }
  return folds;
}

interface TorsoOptions {
  colour: Colour;
  /** Neckline: how far below the base of the neck, and half its width. */
  depth: number;
  halfWidth: number;
  lift: number;
  weave: NonNullable<ClothPiece['weave']>;
  gloss: number;
  waves: number;
  vee?: boolean;
  /** Worn under a jacket: ends before the sleeves. */
  inner?: boolean;
}

function neckline({ depth, halfWidth, vee }: Pick<TorsoOptions, 'depth' | 'halfWidth' | 'vee'>, body: Body): Point[] {
  const y = body.shoulderTop(halfWidth + 8) - 2;
  const half: Point[] = vee ? [[halfWidth, y - 6], [halfWidth * 0.62, y + depth * 0.4], [halfWidth * 0.22, y + depth * 0.86], [0, y + depth]] : [[halfWidth, y - 6], [halfWidth * 0.86, y + depth * 0.55], [halfWidth * 0.5, y + depth * 0.92], [0, y + depth]];
  return throughPoints([...mirrored(half), ...half.slice(0, -1).reverse()], 8);
}

function torso(lay: Lay, body: Body, options: TorsoOptions): void {
  const reach = options.inner ? 110 : 230;
  const shoulders = shoulderLine(body, options.halfWidth + 3, options.lift + 1.5).filter(([x]) => x <= reach);
  const outline: Point[] = [...neckline(options, body), ...shoulders, [reach, BOTTOM], [-reach, BOTTOM], ...mirrored(shoulders).reverse()];
  lay({ outline, lift: options.lift, edge: 2.2, colour: options.colour, folds: sleeveFolds(2), waves: options.waves, weave: options.weave, gloss: options.gloss, seed: 3 });
}

function sweater(lay: Lay, body: Body, dress: Extract<Dress, { kind: 'sweater' }>): void {
  torso(lay, body, { colour: dress.colour, depth: dress.neck === 'crew' ? 22 : 12, halfWidth: body.neckHalf + (dress.neck === 'crew' ? 6 : 1), lift: 6, weave: dress.knit, gloss: 0.02, waves: 1.5 });
  if (dress.neck === 'crew') {
    const y = body.shoulderTop(body.neckHalf + 10);
    const w = body.neckHalf + 5;
    const outer: Point[] = [[w + 9, y - 3], [w * 0.9, y + 18], [w * 0.5, y + 31], [0, y + 35.5]];
    const inner: Point[] = [[w, y - 8], [w * 0.8, y + 11], [w * 0.45, y + 21], [0, y + 24.5]];
    const curve = (half: Point[]) => throughPoints([...mirrored(half), ...half.slice(0, -1).reverse()], 8);
    lay({ outline: [...curve(outer), ...curve(inner).reverse()], lift: 9.5, edge: 2.8, colour: scaleColour(dress.colour, 0.96), waves: 0.2, weave: 'rib', gloss: 0.02 });
  } else {
    const w = body.neckHalf;
    const side: Point[] = [[w + 3.5, 110], [w + 5, 126], [w + 7, 146], [w + 4, 162], [w * 0.5, 176]];
    lay({ outline: throughPoints([[0, 121], [w * 0.55, 118], ...side, [0, 179], ...mirrored(side).reverse(), [-w * 0.55, 118]], 8, true), under: (x, y) => -44 - 46 * (1 - Math.sqrt(Math.max(0, 1 - Math.min(1, Math.abs(x) / (w + 9)) ** 2.2))) + 0.08 * (y - 106), lift: 7, edge: 3.6, colour: scaleColour(dress.colour, 0.98), waves: 0.5, weave: 'rib', gloss: 0.02,
      folds: [{ line: throughPoints([[-w, 137], [-w * 0.4, 145], [w * 0.3, 144], [w, 136]], 8), height: -1.8, sigma: 3 }, { line: throughPoints([[-w, 154], [-w * 0.2, 164], [w * 0.5, 161]], 8), height: -1.2, sigma: 2.6 }] });
  }
}

function shirt(lay: Lay, body: Body, tone: Colour, weave: 'fine' | 'denim', buttons: Colour, inner = false): void {
  const n = body.neckHalf;
  torso(lay, body, { colour: tone, depth: 42, halfWidth: n - 2, lift: 3, weave, gloss: 0.05, waves: 1.1, vee: true, inner });
  // Front edge with buttons
  lay({ outline: [[-5, 179], [9, 173], [11, BOTTOM], [-7, BOTTOM]], lift: 4.4, edge: 0.8, colour: scaleColour(tone, 1.03), waves: 0.6, weave, stitch: 0.8 });
  for (const y of [207, 240]) lay({ outline: circle(2, y, 3.4), lift: 6.4, edge: 1, colour: buttons, waves: 0, weave: 'smooth', gloss: 0.5 });
  // Inside of the collar behind the neck, then its two wings
  const y = body.shoulderTop(n + 6);
  for (const side of [-1, 1]) {
    const wing: Point[] = [[n + 1.5, y - 26], [n + 6, y - 16], [n + 9, y + 2], [n * 0.92, y + 24], [n * 0.55, y + 48], [n * 0.16, y + 30], [n * 0.3, y + 20], [n * 0.62, y + 2], [n * 0.9, y - 16]];
    const shape = wing.map(([x, yy]): Point => [x * side, yy]);
    const rounded: Point[] = [...throughPoints(shape.slice(0, 5), 6), ...throughPoints(shape.slice(5), 6)];
    lay({ outline: rounded, under: (x, yy) => Math.max(body.height(x, yy), -88 + 0.3 * (yy - 108) + 22 * smoothstep(n + 9, n * 0.3, Math.abs(x))), lift: 8, edge: 1.3, colour: scaleColour(tone, 1.05), waves: 0.5, weave, stitch: 0.86 });
  }
}

function scrubsTrim(lay: Lay, body: Body, tone: Colour): void {
  const outer = neckline({ depth: 66, halfWidth: 55, vee: true }, body), inner = neckline({ depth: 57, halfWidth: 50, vee: true }, body);
  lay({ outline: [...outer, ...inner.reverse()], lift: 3.8, edge: 0.9, colour: scaleColour(tone, 0.9), waves: 0.3, weave: 'fine', stitch: 0.85 });
}

/** A jacket or coat, open to `open` below the neck, with lapels. */
function jacket(lay: Lay, body: Body, tone: Colour, weave: 'fine' | 'twill', open: number, loose: number): void {
  const n = body.neckHalf;
  const top = body.shoulderTop(n + 12) - 5;
  for (const side of [-1, 1]) {
    const s = (points: Point[]): Point[] => points.map(([x, y]): Point => [x * side, y]);
    const shoulders = shoulderLine(body, n + 10, 9 + loose);
    const front: Point[] = [[side < 0 ? 6 : -4, BOTTOM], [side < 0 ? 4 : 2, top + open + 74], [26, top + open + 12], [50, top + 36], [n + 9, top]];
    lay({ outline: s([...front, ...shoulders, [230, BOTTOM]]), lift: 9, edge: 2.4, colour: tone, folds: sleeveFolds(7 + side), waves: 1.0 + loose * 0.3, weave, gloss: 0.04, seed: 5 + side });
  }
  for (const side of [-1, 1]) {
    const s = (points: Point[]): Point[] => points.map(([x, y]): Point => [x * side, y]);
    const lapel: Point[] = [[n + 4, top + 14], [n + 22, top + 38], [n + 30, top + 46], [n + 38, top + 52], [n + 26, top + 76], [36, top + open + 50], [12, top + open + 92], [6, top + open + 96], [10, top + open + 70], [26, top + open + 8], [44, top + 38]];
    lay({ outline: s(lapel), lift: 13, edge: 1.8, colour: scaleColour(tone, 1.05), waves: 0.5, weave, gloss: 0.05, seed: 9 });
    const collar: Point[] = [[n + 2, top - 16], [n + 9, top - 12], [n + 16, top + 2], [n + 33, top + 28], [n + 37, top + 39], [n + 24, top + 42], [n + 2, top + 20], [n - 6, top + 4]];
    lay({ outline: throughPoints(s(collar), 5, true), under: (x, y) => Math.max(body.height(x, y), -82 + 0.27 * (y - 116)), lift: 14.5, edge: 1.8, colour: scaleColour(tone, 0.98), waves: 0.4, weave, gloss: 0.05, seed: 11 });
  }
}

function cardigan(lay: Lay, body: Body, tone: Colour): void {
  const n = body.neckHalf;
  const top = body.shoulderTop(n + 14) - 4;
  for (const side of [-1, 1]) {
    const s = (points: Point[]): Point[] => points.map(([x, y]): Point => [x * side, y]);
    const edge: Point[] = [[14, BOTTOM], [18, top + 110], [36, top + 58], [58, top + 18], [n + 14, top]];
    lay({ outline: s([...edge, ...shoulderLine(body, n + 16, 8), [230, BOTTOM]]), lift: 9, edge: 3, colour: tone, folds: sleeveFolds(4 + side), waves: 1.6, weave: 'knit', gloss: 0.02, seed: 6 + side });
    const band = edge.map(([x, y]): Point => [x + 13, y + 3]);
    lay({ outline: s([...edge, ...band.reverse()]), lift: 12.5, edge: 3, colour: scaleColour(tone, 0.95), waves: 0.3, weave: 'rib', gloss: 0.02 });
  }
}

function circle(x: number, y: number, radius: number): Point[] {
  return Array.from({ length: 24 }, (_, i): Point => [x + radius * Math.cos((i / 24) * 2 * Math.PI), y + radius * Math.sin((i / 24) * 2 * Math.PI)]);
}

/** A scarf around head, neck and shoulders: to be laid after the head, whose face it leaves open. */
export function layScarf(scene: Scene, body: Body, tone: Colour, chinY: number, place: (x: number, y: number) => readonly [number, number], faceHeight: (x: number, y: number) => number): void {
  const lay: Lay = (piece) => scene.add(clothLayer(scene, { under: body.height, ...piece }));
  const at = (points: Point[]): Point[] => points.map(([x, y]): Point => [...place(x, y)] as unknown as Point);
  const fold = (height: number, sigma: number, ...points: Point[]): Fold => ({ line: throughPoints(at(points), 8), height, sigma });
  // The part around the head: an outline with an opening for the face
  const outerHalf: Point[] = [[0, -129], [28, -126], [54, -112], [73, -86], [81, -50], [81.5, -8], [79, 34], [76, 72], [78, 104], [68, 134], [40, 158], [0, 164]];
  const innerHalf: Point[] = [[0, -69], [22, -67.5], [40, -60], [53, -43], [60, -18], [61.5, 12], [58, 44], [49, 73], [36, chinY - 20], [20, chinY - 8], [0, chinY - 4]];
  const whole = (half: Point[]) => throughPoints([...half, ...mirrored(half.slice(1, -1)).reverse()], 8, true);
  const outer = at(whole(outerHalf)), inner = at(whole(innerHalf));
  const dome = (x: number, y: number) => {
    const r = Math.min(1, hypot(x / 96, (y - 10) / 160));
    const front = hypot(x / 62, (y - 22) / 92);
    const hood = -30 - 66 * (1 - Math.sqrt(Math.max(0, 1 - r ** 3))) + 10 * smoothstep(70, 130, y);
    return mix(Math.max(mix(-70, -36, smoothstep(55, 100, y)), faceHeight(x, y)) - 3, hood, smoothstep(0.93, 1.3, front));
  };
  const seam = (points: readonly Point[]): Point[] => [...points, points[0]!];
  lay({ outline: [...seam(outer), ...seam(inner).reverse()], under: dome, lift: 10, edge: 4, colour: mixColour(tone, [1, 1, 1], 0.015), waves: 1.5, weave: 'smooth', gloss: 0.06, seed: 25,
    folds: [
      fold(-2.4, 2.6, [-10, -74], [-42, -70], [-66, -34], [-74, 14], [-70, 60], [-52, 104]), fold(2.2, 3.6, [0, -84], [-46, -82], [-72, -44], [-80, 10], [-76, 70], [-48, 124]),
      fold(-1.2, 4, [-20, -98], [-52, -94], [-76, -60], [-84, 0]), fold(-2.4, 2.6, [14, -75], [46, -70], [68, -34], [74, 14], [71, 60], [55, 102]),
      fold(2.4, 3.6, [6, -86], [50, -82], [74, -42], [80, 12], [77, 72], [50, 122]), fold(-1.2, 4, [26, -100], [54, -96], [78, -62], [84, 0]),
      fold(3, 4, [62, 92], [34, 124], [0, 134], [-34, 130]), fold(-2.8, 3, [66, 106], [36, 138], [-4, 148], [-46, 140]), fold(2.6, 4, [-60, 100], [-30, 140], [8, 158], [44, 158]),
    ] });
  // Drape over the shoulders
  const drape: Point[] = [[0, 141], [-36, 131], [-66, 110], [-80, 98], [-92, 122], [-126, 160], [-150, 200], [-140, 250], [-150, 310], [150, 310], [146, 256], [158, 208], [132, 162], [94, 122], [80, 96], [66, 108], [38, 129]];
  lay({ outline: throughPoints(drape, 8, true), under: (x, y) => Math.max(body.height(x, y), -44 - 0.0026 * x * x + 0.1 * (y - 130)), lift: 14, edge: 6, colour: tone, waves: 2.2, weave: 'smooth', gloss: 0.06, seed: 21,
    folds: [
      { line: throughPoints([[-84, 132], [-60, 176], [-10, 214], [60, 246]], 8), height: 5, sigma: 6 },
      { line: throughPoints([[-92, 150], [-74, 196], [-24, 240], [30, 280]], 8), height: -4, sigma: 5 },
      { line: throughPoints([[88, 130], [66, 180], [20, 212], [-50, 236]], 8), height: 5, sigma: 6.5 },
      { line: throughPoints([[96, 152], [84, 204], [40, 246], [-10, 276]], 8), height: -4, sigma: 5 },
      { line: throughPoints([[112, 176], [104, 220], [80, 262]], 8), height: 4, sigma: 5 },
      { line: throughPoints([[-116, 178], [-112, 222], [-92, 268]], 8), height: 4, sigma: 5 },
    ] });
}
