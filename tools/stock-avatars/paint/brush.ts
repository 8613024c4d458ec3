/* Strokes on the lit picture: hair, lashes, brows. */
import { hypot } from './math.ts';
import type { Colour, Point } from './math.ts';
import type { LitScene } from './light.ts';
import type { Scene } from './scene.ts';

export interface Stroke {
  /** Millimetres on the picture. */
  line: readonly Point[];
  /** Width in millimetres at a place along it (0 to 1). */
  width(along: number): number;
  /** `span` is the stretch of the line that ends at this point, `within` where in it. */
  colour(along: number, span: number, within: number): Colour;
  alpha(along: number): number;
}

export class Brush {
  private readonly scene: Scene;
  private readonly lit: LitScene;
  /** Set where strokes went: their coverage, for masks. */
  readonly mask: Float32Array | undefined;

  constructor(scene: Scene, lit: LitScene, mask?: Float32Array) {
    this.scene = scene;
    this.lit = lit;
    this.mask = mask;
  }

  stroke({ line, width, colour, alpha }: Stroke): void {
    const { pixelsPerMm: scale, originX, originY } = this.scene;
    let total = 0;
    for (let i = 1; i < line.length; i++) total += hypot(line[i]![0] - line[i - 1]![0], line[i]![1] - line[i - 1]![1]);
    if (total === 0) return;
    let walked = 0;
    for (let i = 1; i < line.length; i++) {
      const [ax, ay] = line[i - 1]!, [bx, by] = line[i]!;
      const span = hypot(bx - ax, by - ay);
      // Dabs overlap so far that no border shows, and no further: broad strokes need few
      const spacing = Math.max(0.9, width(walked / total) * scale * 0.16);
      const steps = Math.max(1, Math.ceil((span * scale) / spacing));
      for (let step = 0; step < steps; step++) {
        const t = step / steps;
        const along = (walked + span * t) / total;
        this.dot((ax + (bx - ax) * t) * scale + originX, (ay + (by - ay) * t) * scale + originY, (width(along) * scale) / 2, colour(along, i, t), alpha(along));
      }
      walked += span;
    }
  }

  /** A round dab with a soft border of one pixel. */
  private dot(cx: number, cy: number, radius: number, [red, green, blue]: Colour, alpha: number): void {
    const size = this.scene.size;
    // Thinner than a pixel: as faint as it is thin
    const thin = Math.min(1, radius / 0.5);
    const r = Math.max(0.5, radius);
    const left = Math.max(0, Math.floor(cx - r - 0.5)), right = Math.min(size - 1, Math.ceil(cx + r + 0.5));
    const top = Math.max(0, Math.floor(cy - r - 0.5)), bottom = Math.min(size - 1, Math.ceil(cy + r + 0.5));
    const { red: reds, green: greens, blue: blues } = this.lit;
    const mask = this.mask;
    const full = alpha * thin;
    const inner = (r - 0.5) * (r - 0.5), outer = (r + 0.5) * (r + 0.5);
    for (let y = top; y <= bottom; y++) {
      const dy = y + 0.5 - cy;
      for (let x = left; x <= right; x++) {
        const dx = x + 0.5 - cx;
        const square = dx * dx + dy * dy;
        if (square >= outer) continue;
        const cover = square <= inner ? full : (r + 0.5 - Math.sqrt(square)) * full;
        const p = y * size + x;
        reds[p]! += (red - reds[p]!) * cover;
        greens[p]! += (green - greens[p]!) * cover;
        blues[p]! += (blue - blues[p]!) * cover;
        if (mask) mask[p] = mask[p]! + (1 - mask[p]!) * cover;
      }
    }
  }
}
