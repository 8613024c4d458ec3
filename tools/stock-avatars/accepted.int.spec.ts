// Real: the engine and its face models. The two that are hardest for them: behind glasses, and with a beard on dark skin.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBuiltinEngine } from '@visavis/engine-builtin';
import { STOCK_FOLDER } from './stock-list.ts';

describe('drawn people', () => {
  it.each(['helen', 'samuel'])('%s is taken for a person who looks at the viewer', async (slug) => {
    const { report } = await createBuiltinEngine().prepare(await readFile(join(STOCK_FOLDER, `${slug}.jpg`)));
    expect(report.ignored_faces).toBe(0);
    expect(report.eye_distance_px).toBeGreaterThan(130);
    expect(Math.abs(Number(report.yaw_degrees))).toBeLessThan(8);
  }, 300_000);
});
