/*
 * Takes what the engine draws now for right: node libs/engine-builtin/bench/approve.ts
 * Writes the pictures that src/approved.int.spec.ts compares with. Look at each of them before you commit them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { APPROVED_AVATARS, APPROVED_FOLDER, approvedFramesOf, encodeApproved } from '../src/testing/approved-frames.ts';

mkdirSync(APPROVED_FOLDER, { recursive: true });
for (const avatar of APPROVED_AVATARS) {
  for (const frame of await approvedFramesOf(avatar)) {
    const file = new URL(`${frame.name}.jpg`, APPROVED_FOLDER);
    writeFileSync(file, await encodeApproved(frame));
    console.log(file.pathname);
  }
}
process.exit(0);
