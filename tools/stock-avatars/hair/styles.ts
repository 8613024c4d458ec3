/* Hairstyles. `back` lies behind head and shoulders, `front` over them. */
import { throughPoints } from '../paint/curve.ts';
import { hypot } from '../paint/math.ts';
import type { Point } from '../paint/math.ts';
import { beardArea } from '../face/skin.ts';
import type { HairContext } from './growing.ts';
import { bellRandom, clamp01, draw, follow, hairline, inPasses, lockAt, mix, noise, outward, smoothstep } from './growing.ts';

export type HairStyle =
  | { kind: 'short'; part: number; height: number; hairline: number; recede?: number; wave?: number; length?: number; sides?: number }
  | { kind: 'long'; part: number; hairline: number; reach: number; wave: number; curl: number; volume: number; front?: number; tuck?: boolean }
  | { kind: 'afro'; hairline: number; thickness: number; coil: number }
  | { kind: 'buzz'; hairline: number; recede: number }
  | { kind: 'bun'; hairline: number; bunY: number; bunRadius: number; volume: number };

export function drawBackHair(context: HairContext, style: HairStyle): void {
  if (style.kind === 'long') backOfLong(context, style);
  if (style.kind === 'bun') bunBall(context, style);
}

export function drawFrontHair(context: HairContext, style: HairStyle): void {
  switch (style.kind) {
    case 'short': return short(context, style);
    case 'long': return long(context, style);
    case 'afro': return afro(context, style);
    case 'buzz': return buzz(context, style);
    case 'bun': return pulledBack(context, style);
  }
}

type StyleOf<K extends HairStyle['kind']> = Extract<HairStyle, { kind: K }>;

/** Combed from a parting, cut close at the sides. */
function short(context: HairContext, style: StyleOf<'short'>): void {
  const { random } = context;
  const edge = hairline(style.hairline, style.recede ?? 0);
  const wave = style.wave ?? 0;
  const top = 1 + style.height / 120;
  // Sides first: short hair that lies downwards and back
  const sideRoot = (): Point | undefined => {
    const side = random() < 0.5 ? -1 : 1;
    const ax = 46 + random() * 32, y = -72 + random() * 88;
    const out = outward(context, ax, y);
    if (out > 1.035 + 0.03 * smoothstep(-10, -60, y) || y > edge(ax) + bellRandom(random) * 1.5 || y > 12 || (y > -2 && ax > 72.5)) return undefined;
    return [side * ax, y];
  };
  inPasses(context, [700, 2400, 3600], (pass) => {
    const root = sideRoot();
    if (!root) return undefined;
    const [x, y] = root, s = Math.sign(x);
    const length = (style.sides ?? 9) * (0.7 + 0.5 * random()) * mix(1.2, 0.6, smoothstep(-40, 14, y));
    return { line: follow(root, length, () => [s * (0.5 + 0.3 * bellRandom(random)), 1], 1.6), lock: lockAt(x, y, 5, 4), depth: -y + (pass === 0 ? 0 : 8 * random()) };
  }, { fadeIn: 0.3, fadeOut: 0.5, width: 0.62 });
  // Top
  const field = (x: number, y: number, walked: number): Point => {
    const fromPart = (x - style.part) * Math.sign(style.part || -1) * -1;
    const way = Math.sign(style.part || -1) * -1;
    const wobble = wave * (noise(x / 9, y / 9, 14) * 0.9);
    if (fromPart < 0) return [-way * (0.5 + 0.4 * smoothstep(0, -30, fromPart) + wobble * 0.3), -0.9 + 1.9 * smoothstep(0, -44, fromPart) + walked * 0.5 + wobble];
    const across = smoothstep(0, 78, fromPart);
    return [way * (0.6 + 0.5 * across), -0.98 + 1.75 * across + walked * 0.75 + wobble];
  };
  // The dark between the hairs, also in the parting
  for (let i = 0; i < 2600; i++) {
    const x = (random() * 2 - 1) * 80, y = -138 + random() * 108;
    if (outward(context, x, y) > mix(1, top - 0.03, smoothstep(-30, -90, y)) || y > edge(Math.abs(x)) - 8) continue;
    draw(context, [[x - 2, y], [x + 2, y - 1]], { width: 4.5, surface: 0.22, tint: 0.3 * bellRandom(random), alpha: 1, fadeOut: 0.01 });
  }
  inPasses(context, [900, 3600, 8200], (pass) => {
    const x = (random() * 2 - 1) * 84, ax = Math.abs(x);
    const y = -138 + random() * 108;
    const out = outward(context, x, y);
    const rim = mix(1.02, top, smoothstep(-30, -90, y)) + 0.012 * noise(x / 7, y / 7, 5);
    if (out > rim || y > edge(ax) + bellRandom(random) * 1.6 || (ax > 56 && y > -44)) return undefined;
    const lock = lockAt(x + 0.25 * y, y * 0.5, 5.5, 9);
    const near = smoothstep(-30, 0, y - edge(ax));
    const length = (style.length ?? 30) * (0.65 + 0.5 * random()) * mix(1, 0.9, near) * mix(1, 0.5, smoothstep(44, 74, ax));
    const turn = 0.22 * bellRandom(random) + 0.4 * lock * (0.4 + wave);
    const strayed = 7 * bellRandom(random);
    const line = follow([x, y], length, (px, py, walked) => {
      const [dx, dy] = field(px + strayed, py, walked);
      return [dx - dy * turn, dy + dx * turn];
    });
    // What would stand out from the cut's outline stays within it
    const slack = 0.008 + (pass === 2 ? 0.02 * random() : 0);
    const end = line.findIndex(([px, py]) => outward(context, px, py) > mix(1.03, top, smoothstep(-30, -90, py)) + slack);
    return { line: end < 0 ? line : line.slice(0, Math.max(2, end)), lock, depth: -y + 10 * random() };
  }, { fadeIn: 0.16, fadeOut: 0.3 });
}

/** From a parting down to the shoulders, straight, wavy or in ringlets. */
function long(context: HairContext, style: StyleOf<'long'>): void {
  const { random } = context;
  inPasses(context, [900, 3200, 7600], (pass) => {
    const side = random() < 0.5 ? -1 : 1;
    const q = pass === 2 ? random() ** 1.15 : pass === 1 ? 0.02 + 0.98 * random() : 0.07 + 0.89 * random();
    const lockIndex = Math.floor(q * 26) + side * 100;
    const within = bellRandom(random);
    const line = longLine(style, side, q, lockIndex, within, 1 - 0.22 * random());
    return { line, lock: 0.8 * noise(q * 15, side * 3, 6) + 0.7 * noise(q * 60, side, 7), depth: q + 0.1 * random() };
  }, { fadeIn: 0.02, fadeOut: 0.16, body: { x: 0, y: 10, radiusX: 104 * style.volume, radiusY: 150 } });
  // Single hairs astray
  for (let i = 0; i < 90; i++) {
    const side = random() < 0.5 ? -1 : 1;
    const line = longLine(style, side, 0.75 + 0.3 * random(), i, bellRandom(random) * 2.5, 0.5 + 0.5 * random()).map(([x, y], k): Point => [x + side * 0.12 * k * random(), y]);
    draw(context, line, { width: 0.28, surface: 1, tint: 0.3, alpha: 0.4, fadeOut: 0.4 });
  }
}

function longLine(style: StyleOf<'long'>, side: number, q: number, lock: number, within: number, cut: number): Point[] {
  const { part, volume, reach } = style;
  const front = style.front ?? 0;
  const h = -style.hairline;
  const inner: Point[] = [[part, h - 1], [part + side * 22 - part * 0.3, h + 3 - 2 * volume], [side * 49 - part * 0.1, h + 26], [side * 63, -22], [side * 68, 18], [side * (66 - front), 66], [side * (70 - front * 1.6), 120], [side * (76 - front * 2), 176], [side * (72 - front * 2), reach]];
  const outer: Point[] = [[part * 0.9, -120 - 8 * volume], [side * 30 + part * 0.3, -119 - 7 * volume], [side * 66 * volume, -92], [side * 83 * volume, -42], [side * 88 * volume, 10], [side * 90 * volume, 66], [side * 95 * volume, 122], [side * 101 * volume, 172], [side * 98 * volume, reach + 4]];
  const shape = inner.map((a, i): Point => [mix(a[0], outer[i]![0], q), mix(a[1], outer[i]![1], q ** 0.9)]);
  const curve = throughPoints(shape, 7);
  const end = Math.max(8, Math.round(curve.length * cut * (1 - 0.05 * Math.abs(noise(lock * 3.1, 1, 2)))));
  const phase = noise(lock * 7.7, 3, 4) * 9;
  return curve.slice(0, end).map(([x, y], i): Point => {
    const t = i / curve.length;
    const along = t * 46 + phase;
    const grow = smoothstep(0.14, 0.5, t);
    const ringlet = style.curl * grow * (5.6 * Math.sin(along * 0.62 * (1 + 0.15 * noise(lock, 9, 1))) + 2 * Math.sin(along * 1.34));
    const lazy = style.wave * smoothstep(0.2, 0.6, t) * 5.5 * Math.sin(along * 0.3);
    const spread = within * (1.4 + 3.2 * t) * (1 - 0.35 * style.curl * Math.abs(Math.cos(along * 0.62)));
    return [x + side * 0 + ringlet + lazy + spread + noise(lock, y / 30, 8) * 2.2 * t, y + style.curl * grow * 2.4 * Math.cos(along * 0.62)];
  });
}

function backOfLong(context: HairContext, style: StyleOf<'long'>): void {
  const { random } = context;
  inPasses(context, [900, 1800, 1500], () => {
    const start = (random() * 2 - 1) * 90 * style.volume;
    const lock = lockAt(start, 0, 6, 12);
    const phase = noise(start / 7, 2, 5) * 9;
    const line = throughPoints([[start * 0.72, -92], [start, -10], [start * 1.02, 80], [start * 1.08, 150], [start * 1.05, style.reach - 12 * random()]], 12).map(([x, y], i): Point => [x + style.curl * smoothstep(12, 30, i) * 6 * Math.sin(i * 0.62 + phase) + style.wave * 4 * Math.sin(i * 0.25 + phase), y]);
    return { line, lock: lock - 0.5 };
  }, { body: { x: 0, y: 10, radiusX: 105 * style.volume, radiusY: 150 }, width: 1.5 });
}

/** Tight coils that stand around the head. */
function afro(context: HairContext, style: StyleOf<'afro'>): void {
  const { random } = context;
  const edge = hairline(style.hairline);
  const radiusX = 73 + style.thickness * 0.86, radiusY = 72 + style.thickness;
  const away = (x: number, y: number) => hypot(x / radiusX, (y + 46) / radiusY);
  for (const [count, surface, alpha, size] of [[10000, 0.26, 1, 1.9], [11000, 0.6, 0.85, 1.1], [17000, 1, 0.6, 1]] as const) {
    for (let i = 0; i < count; i++) {
      const x = (random() * 2 - 1) * 112, ax = Math.abs(x), y = -160 + random() * 178;
      const out = away(x, y);
      const fuzz = 0.02 * noise(x / 6, y / 6, 3) + 0.015 * noise(x / 2.5, y / 2.5, 4);
      const limit = 1 + fuzz + (surface === 1 ? 0.02 * random() ** 3 : -0.012);
      if (out > limit || y > 14 - 10 * random()) continue;
      if (y > edge(ax) + 2 * bellRandom(random) + 1.2 * noise(x / 3, 1, 6) - (surface < 0.5 ? 4.5 : 0) && outward(context, x, y) < 1) continue;
      const deep = noise(x / 12, y / 12, 7) * 0.45 + noise(x / 5.5, y / 5.5, 8) * 0.6 + noise(x / 2.6, y / 2.6, 9) * 0.5;
      const radius = style.coil * size * (0.7 + 0.6 * random());
      const from = random() * 6.28, turns = 3.5 + 3 * random(), squash = 0.5 + 0.5 * random(), tiltX = bellRandom(random);
      const line = Array.from({ length: 10 }, (_, k): Point => {
        const a = from + (turns * k) / 9, r = radius * (1 - 0.045 * k);
        return [x + Math.cos(a) * r + tiltX * k * 0.14, y + Math.sin(a) * r * squash + k * 0.1];
      });
      draw(context, line, { width: surface < 0.5 ? 3.6 : 0.5, surface: clamp01(surface * (0.8 + 0.5 * deep)), tint: deep * 0.9 + 0.4 * bellRandom(random), alpha, fadeOut: 0.3, fadeIn: 0.1 }, { x: 0, y: -40, radiusX: radiusX * 1.08, radiusY: radiusY * 1.15 });
    }
  }
}

/** Cut to a few millimetres: the scalp shines through. */
function buzz(context: HairContext, style: StyleOf<'buzz'>): void {
  const { random } = context;
  const edge = hairline(style.hairline, style.recede);
  for (const [count, surface, alpha] of [[14000, 0.35, 0.7], [16000, 0.7, 0.55], [9000, 0.9, 0.42]] as const) {
    for (let i = 0; i < count; i++) {
      const x = (random() * 2 - 1) * 80, ax = Math.abs(x), y = -124 + random() * 140;
      const out = outward(context, x, y);
      const over = edge(ax) - y + bellRandom(random) * 1.6;
      if (out > 1.02 + 0.012 * random() || over < 0 || (ax > 72.5 && y > -4)) continue;
      const dense = smoothstep(0, 5, over) * mix(1, 0.55, smoothstep(-24, 14, y));
      if (random() > dense) continue;
      const a = Math.atan2(y + 60, x) + bellRandom(random) * 0.7, length = 1.6 + 1.2 * random();
      const twist = bellRandom(random) * 1.4;
      const line = [0, 0.5, 1].map((t): Point => [x + Math.cos(a + twist * t) * length * t, y + Math.sin(a + twist * t) * length * t]);
      draw(context, line, { width: 0.5, surface, tint: noise(x / 4, y / 4, 3) * 0.5 + 0.5 * bellRandom(random), alpha, fadeOut: 0.4 }, undefined, context.place.height(x, y));
    }
  }
}

/** Combed up and back from all sides towards a knot. */
function pulledBack(context: HairContext, style: StyleOf<'bun'>): void {
  const { random } = context;
  const edge = hairline(style.hairline);
  const rim = 1.02 + 0.075 * style.volume;
  inPasses(context, [900, 3600, 8200], (pass) => {
    const side = random() < 0.5 ? -1 : 1;
    const t = random();
    const ax = t * 71;
    const fringe = pass === 0 ? -5 : 2.4 * bellRandom(random) + 1.6 * noise(side * ax / 7, 2, 3);
    const start: Point = [side * ax, Math.min(18, edge(ax) + fringe) - random() ** 1.7 * 42];
    const out = outward(context, start[0], start[1]);
    if (out > (pass === 0 ? rim - 0.03 : rim)) return undefined;
    const lock = lockAt(side * ax * 1.2, start[1] * 0.22, 4.2, 9);
    const length = (30 + 46 * random()) * mix(0.85, 1, t);
    const line = follow(start, length, (x, y, walked) => {
      const far = Math.abs(x) / 70;
      // First away from the face, then over the skull towards its back
      return [Math.sign(x || side) * mix(0.38, -0.42, walked) * Math.min(1.2, far + 0.15) + 0.1 * lock, -1 + 0.1 * lock + 0.3 * walked * far];
    }).map(([x, y]): Point => {
      const o = outward(context, x, y), limit = rim - (pass === 0 ? 0.03 : 0) + 0.008 * noise(x / 5, y / 5, 2);
      return o > limit ? [x * (limit / o), context.lines.centreY + (y - context.lines.centreY) * (limit / o)] : [x, y];
    });
    return { line, lock, depth: -start[1] + 8 * random() };
  }, { fadeIn: 0.26, fadeOut: 0.25 });
  for (let i = 0; i < 70; i++) {
    const side = random() < 0.5 ? -1 : 1, ax = 40 + random() * 30;
    const start: Point = [side * ax, edge(ax) + random() * 3];
    const curl = 0.5 + random();
    draw(context, follow(start, 10 + 16 * random(), (_x, _y, walked) => [side * (0.5 - curl * walked), random() * 0.4 + walked * 1.2 - 0.2], 1.5), { width: 0.3, surface: 0.9, tint: 0.2, alpha: 0.5, fadeIn: 0.2, fadeOut: 0.5 });
  }
}

function bunBall(context: HairContext, style: StyleOf<'bun'>): void {
  const { random } = context;
  const { bunY, bunRadius: r } = style;
  inPasses(context, [500, 1700, 3200], (pass) => {
    const angle = random() * 6.283, ring = Math.sqrt(random()) * (pass === 0 ? r * 0.92 : r);
    const length = 18 + 20 * random(), turn = 0.8 + 0.3 * bellRandom(random);
    const line = Array.from({ length: 12 }, (_, k): Point => {
      const a = angle + ((length * k) / 11 / Math.max(8, ring)) * turn;
      const rr = ring * (1 + 0.05 * Math.sin(a * 3)) + 0.4 * k * 0.2;
      return [Math.cos(a) * rr * 1.15, bunY + Math.sin(a) * rr * 0.86];
    });
    return { line, lock: lockAt(angle * 9, ring, 3, 6) + 0.3 * Math.sin(ring * 0.9), depth: ring };
  }, { body: { x: 0, y: bunY, radiusX: r * 1.22, radiusY: r * 0.95 } });
}

export interface Beard {
  length: number;
  density: number;
}

export function drawBeard(context: HairContext, beard: Beard): void {
  const { lines, random } = context;
  const { mouthY, chinY } = lines;
  const count = Math.round(21000 * beard.density);
  const strands: { x: number; y: number; area: number }[] = [];
  for (let i = 0; i < count; i++) {
    const x = (random() * 2 - 1) * 72, y = -16 + random() * (chinY + 30);
    const area = beardArea(lines, x, y);
    if (random() > area || outward(context, x, y) > 1.01) continue;
    strands.push({ x, y, area });
  }
  strands.sort((a, b) => b.y - a.y);
  for (const { x, y, area } of strands) {
    const ax = Math.abs(x), s = Math.sign(x);
    const moustache = y < mouthY - 1 && ax < lines.mouthX + 6;
    const lock = lockAt(x, y, 4, 3);
    const direction = moustache ? Math.atan2(0.75, s * (0.35 + ax / 22)) : Math.atan2(1, -s * 0.1 + x / 120 + 0.2 * lock);
    const length = beard.length * (moustache ? 0.75 : mix(0.55, 1.15, smoothstep(30, chinY, y))) * (0.6 + 0.7 * random()) * (0.5 + 0.5 * area);
    const bend = bellRandom(random) * 0.9 + lock * 0.6;
    const limit = moustache ? lines.lipTop(ax) + 1.4 : Infinity;
    const line = [0, 0.25, 0.5, 0.75, 1].map((t): Point => {
      const a = direction + bend * (t - 0.2);
      return [x + Math.cos(a) * length * t, Math.min(limit, y + Math.sin(a) * length * t)];
    });
    const inner = smoothstep(0.25, 0.85, area);
    draw(context, line, { width: 0.38, surface: random() < 0.45 ? 0.3 : 0.85, tint: lock * 0.5 + 0.6 * bellRandom(random), alpha: mix(0.42, 0.86, inner), fadeIn: 0.15, fadeOut: 0.45 }, { x: 0, y: 20, radiusX: 84, radiusY: 125 }, context.place.height(x, y));
  }
}
