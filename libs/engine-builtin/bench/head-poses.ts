import { allocateI420 } from '@visavis/engine';
import type { I420Picture, LoadedAvatar, PictureSize } from '@visavis/engine';
import { loadFaceDetector } from '../src/face/face-detector.ts';
import { eyeDistance, point, xOf, yOf } from '../src/face/landmarks.ts';
import { i420ToRgb } from '../src/render/i420-to-rgb.ts';
import { FPS } from './spoken.ts';

/** A picture every second and a half of the idle clips is looked at. */
const EVERY = Math.round(1.5 * FPS);

interface Look {
  picture: I420Picture;
  turn: number;
  nod: number;
  tilt: number;
}

/** Of all that an avatar does when it does nothing, the frames in which the head is turned, nods and is tilted farthest. */
export async function headPoses(avatar: LoadedAvatar, size: PictureSize): Promise<{ picture: I420Picture; viseme: string; label: string }[]> {
  const detector = await loadFaceDetector();
  const painter = avatar.idlePainter({ ...size, fps: FPS });
  const looks: Look[] = [];
  for (const [clip, frames] of avatar.idleClips(FPS).entries()) {
    for (let frame = 0; frame < frames; frame += EVERY) {
      const picture = allocateI420(size);
      painter.draw(clip, frame, picture);
      const [face] = await detector.detect({ ...size, data: i420ToRgb(picture) });
      if (!face) continue;
      const mesh = face.mesh;
      const unit = eyeDistance(mesh);
      const eyesX = (xOf(mesh, point.leftIris) + xOf(mesh, point.rightIris)) / 2;
      const eyesY = (yOf(mesh, point.leftIris) + yOf(mesh, point.rightIris)) / 2;
      looks.push({
        picture,
        turn: (xOf(mesh, point.noseTip) - eyesX) / unit,
        nod: (yOf(mesh, point.noseTip) - eyesY) / unit,
        tilt: Math.atan2(yOf(mesh, point.rightIris) - yOf(mesh, point.leftIris), xOf(mesh, point.rightIris) - xOf(mesh, point.leftIris)),
      });
    }
  }
  painter.close();
  const farthest = (of: (look: Look) => number): Look => looks.reduce((best, look) => (of(look) > of(best) ? look : best));
  const chosen: [string, Look][] = [
    ['to the left', farthest(({ turn }) => -turn)],
    ['to the right', farthest(({ turn }) => turn)],
    ['up', farthest(({ nod }) => -nod)],
    ['down', farthest(({ nod }) => nod)],
    ['tilted left', farthest(({ tilt }) => -tilt)],
    ['tilted right', farthest(({ tilt }) => tilt)],
  ];
  return chosen.map(([label, { picture }]) => ({ picture, viseme: '', label }));
}
