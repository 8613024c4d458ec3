import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { APPROVED_AVATARS, APPROVED_FOLDER, approvedFramesOf, blockDifference, encodeApproved, readApproved } from './testing/approved-frames.ts';
import type { ApprovedFrame, BlockDifference } from './testing/approved-frames.ts';

/** Real: the whole engine, from the upload to the frame. Other processors round otherwise; what an eye sees is beyond that. */
const MOST_MEAN = 0.8;
const MOST_OF_A_BLOCK = 12;
const HOW_TO_APPROVE = 'If they are right, approve them: node libs/engine-builtin/bench/approve.ts';

describe.each(APPROVED_AVATARS)('%s', (avatar) => {
  it('looks as it was approved', { timeout: 300_000 }, async () => {
    const changed: string[] = [];
    let folder: string | undefined;
    for (const frame of await approvedFramesOf(avatar)) {
      const approved = existsSync(new URL(`${frame.name}.jpg`, APPROVED_FOLDER)) ? await readApproved(frame.name) : undefined;
      const difference = approved && blockDifference(frame.rgb, approved, frame.width, frame.height);
      if (difference && difference.mean <= MOST_MEAN && difference.max <= MOST_OF_A_BLOCK) continue;
      folder ??= mkdtempSync(join(tmpdir(), 'visavis-not-approved-'));
      await writeForAPerson(folder, frame, difference);
      changed.push(difference ? `${frame.name}: mean ${difference.mean.toFixed(2)}, most ${difference.max.toFixed(1)}` : `${frame.name}: never approved`);
    }
    expect(changed, `The new pictures, and where they differ, lie in ${folder}. ${HOW_TO_APPROVE}`).toEqual([]);
  });
});

async function writeForAPerson(folder: string, frame: ApprovedFrame, difference: BlockDifference | undefined): Promise<void> {
  writeFileSync(join(folder, `${frame.name}.jpg`), await encodeApproved(frame));
  if (!difference) return;
  const raw = { width: frame.width / 8, height: frame.height / 8, channels: 1 as const };
  await sharp(difference.map, { raw }).resize(frame.width, frame.height, { kernel: 'nearest' }).png().toFile(join(folder, `${frame.name}-difference.png`));
}
