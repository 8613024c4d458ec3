/* Hair as thousands of strokes, each lit by where it lies on the head and which way it runs. */
import { clamp, clamp01, mix, mixColour, noise, hypot } from '../paint/math.ts';
import type { Colour, Point } from '../paint/math.ts';
import type { Brush } from '../paint/brush.ts';

export interface HairTone {
  base: Colour;
  /** Colour of the shine. */
  shine: Colour;
  shineAmount: number;
  /** Part of white hairs, 0 to 1. */
  grey: number;
}

export interface Strand {
  /** In millimetres on the picture. */
  line: readonly Point[];
  width: number;
  /** 0 deep in shade … 1 on the surface. */
  surface: number;
  tint: number;
  alpha?: number;
  /** Fades in at the root and out at the tip over these parts of its length. */
  fadeIn?: number;
  fadeOut?: number;
  white?: boolean;
}

/** The rounded body that hair lies on, for its light. */
export interface HairBody {
  x: number;
  y: number;
  radiusX: number;
  radiusY: number;
}

const KEY = [-0.52, -0.5, 0.69] as const;
const HALF = [-0.283, -0.272, 0.92] as const;
const WHITE: Colour = [0.36, 0.36, 0.37];

export function drawStrand(brush: Brush, tone: HairTone, body: HairBody, strand: Strand): void {
  const { line, surface } = strand;
  const base = strand.white ? WHITE : tone.base;
  const colours = line.map((_, i): Colour => {
    const [x, y] = line[i]!;
    const [ax, ay] = line[Math.max(0, i - 1)]!, [bx, by] = line[Math.min(line.length - 1, i + 1)]!;
    const length = hypot(bx - ax, by - ay) || 1;
    let tx = (bx - ax) / length, ty = (by - ay) / length;
    let nx = clamp((x - body.x) / body.radiusX, -0.93, 0.93), ny = clamp((y - body.y) / body.radiusY, -0.93, 0.12);
    const flat = hypot(nx, ny);
    if (flat > 0.95) {
      nx *= 0.95 / flat;
      ny *= 0.95 / flat;
    }
    const nz = Math.sqrt(1 - nx * nx - ny * ny);
    let tz = -(tx * nx + ty * ny) / Math.max(0.3, nz);
    const norm = hypot(1, tz);
    tx /= norm;
    ty /= norm;
    tz /= norm;
    const facing = nx * KEY[0] + ny * KEY[1] + nz * KEY[2];
    const diffuse = clamp01(0.3 + 0.7 * facing);
    const alongHalf = tx * HALF[0] + ty * HALF[1] + tz * HALF[2] + 0.1 * noise(x / 5, y / 9, 3) + 0.06 * strand.tint;
    const gleam = Math.sqrt(Math.max(0, 1 - alongHalf * alongHalf));
    const shine = (gleam ** 26 * 0.75 + gleam ** 6 * 0.16) * tone.shineAmount * surface * surface * clamp01(facing * 1.5 + 0.25);
    const rim = 0.4 * (1 - nz) ** 2.5 * Math.max(0, nx) * surface;
    const tint = 1 + 0.42 * strand.tint;
    const depth = mix(0.16, 1, surface);
    const channel = (i: 0 | 1 | 2) => base[i] * tint * depth * (0.24 + 1.0 * diffuse) + 0.72 * tone.shine[i] * (shine + rim * (0.15 + tone.shineAmount * 0.35)) * (0.7 + 0.5 * Math.max(0, strand.tint));
    return [channel(0), channel(1), channel(2)];
  });
  const fadeIn = strand.fadeIn ?? 0, fadeOut = strand.fadeOut ?? 0.15, alpha = strand.alpha ?? 0.9;
  brush.stroke({
    line,
    width: (a) => strand.width * (0.55 + 0.45 * Math.sin(Math.PI * clamp01(0.12 + a * 0.8))),
    colour: (_a, i, t) => mixColour(colours[i - 1]!, colours[i]!, t),
    alpha: (a) => alpha * (fadeIn > 0 ? clamp01(a / fadeIn) : 1) * clamp01((1 - a) / fadeOut),
  });
}
