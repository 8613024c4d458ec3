import type { PictureSize } from '@visavis/engine';
import type { AvatarBundle } from '../bundle/avatar-bundle.ts';
import { featureChannels } from '../bundle/mouth-features.ts';
import { faceGeometry } from '../face/face-geometry.ts';
import type { FaceMesh } from '../face/landmarks.ts';
import { DISPLACEMENT_VALUES, displacementOf } from '../render/displacement.ts';
import { DRAWN_COUNT } from '../render/drawn-pose.ts';
import { fitAffine } from './affine.ts';
import { CELL } from './staged-avatar.ts';
import type { StagedLattice } from './staged-avatar.ts';
import type { Staging } from './staging.ts';

/** Points of the face that speech and looks leave where they are: corners of the eyes, bridge of the nose, forehead, temples. */
const RIGID_POINTS = [33, 133, 362, 263, 168, 6, 197, 10, 151, 9, 127, 356, 234, 454, 109, 338] as const;

/** The fields of a face, its mesh in pixels of the frame. */
export function stageLattice(mesh: FaceMesh, avatar: AvatarBundle, frame: PictureSize, staging: Staging): StagedLattice {
  const columns = frame.width / CELL + 1;
  const rows = frame.height / CELL + 1;
  const padded = (columns * rows + 3) & ~3;
  const displacement = displacementOf(faceGeometry(mesh, avatar.yawDegrees), frame);
  const all = Array.from({ length: DRAWN_COUNT }, () => ({ dx: new Float32Array(padded), dy: new Float32Array(padded) }));
  const values = new Float32Array(DISPLACEMENT_VALUES);
  for (let row = 0, node = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, node++) {
      displacement('face', column * CELL, row * CELL, values);
      all.forEach((field, channel) => {
        field.dx[node] = values[2 * channel]!;
        field.dy[node] = values[2 * channel + 1]!;
      });
    }
  }
  const isMouth = new Set(featureChannels);
  const moves = (plane: Float32Array) => plane.some((value) => value !== 0);
  const put = (plane: Float32Array) => (moves(plane) ? staging.put(new Uint8Array(plane.buffer)) : 0);
  const fields = all
    .map((field, channel) => ({ channel, ...field }))
    .filter(({ channel, dx, dy }) => (moves(dx) || moves(dy)) && (avatar.jawIn === 'base' || !isMouth.has(channel)))
    .map(({ channel, dx, dy }) => ({ channel, dx: put(dx), dy: put(dy) }));
  return { columns, rows, fields };
}

/** How each mesh's face lies in the first one's picture. */
export function mapsToFirst(meshes: readonly FaceMesh[]): Float32Array {
  const rigid = meshes.map((mesh) => Float32Array.from(RIGID_POINTS.flatMap((point) => [mesh[point * 3]!, mesh[point * 3 + 1]!])));
  const maps = new Float32Array(meshes.length * 6);
  rigid.forEach((points, i) => fitAffine(points, 0, rigid[0]!, 0, RIGID_POINTS.length, maps.subarray(i * 6, i * 6 + 6)));
  return maps;
}

