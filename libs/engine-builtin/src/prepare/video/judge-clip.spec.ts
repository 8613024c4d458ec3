import { describe, expect, it } from 'vitest';
import { LANDMARK_COUNT } from '../../face/landmarks.ts';
import type { FaceMesh } from '../../face/landmarks.ts';
import { THUMB_SIDE } from './frame-signs.ts';
import { fitHeadModel } from './head-model.ts';
import { judgeClip } from './judge-clip.ts';
import type { TrackedFrame } from './track-clip.ts';

const size = { width: 400, height: 400 };

/** A head of points on an egg, 200 pixels high, turned by `yaw` and moved. */
function headMesh(yaw: number, dx: number): FaceMesh {
  const mesh = new Float32Array(LANDMARK_COUNT * 3);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const across = Math.sin(i * 2.4) * 70;
    const down = Math.cos(i * 1.7) * 95;
    const depth = -60 * Math.cos((across / 70) * 1.4);
    mesh[i * 3] = 200 + dx + across * Math.cos(yaw) - depth * Math.sin(yaw);
    mesh[i * 3 + 1] = 200 + down;
    mesh[i * 3 + 2] = across * Math.sin(yaw) + depth * Math.cos(yaw);
  }
  return mesh;
}

function frame(f: number, { yaw = 0, dx = 0, light = 100, ...other }: { yaw?: number; dx?: number; light?: number } & Partial<TrackedFrame> = {}): TrackedFrame {
  return { mesh: headMesh(yaw, dx), thumb: new Uint8Array(THUMB_SIDE ** 2).fill(light + (f % 2)), sharpness: 100, strip: undefined, company: false, ...other };
}

function judge(frames: readonly TrackedFrame[], covered: readonly number[] = []) {
  return judgeClip(frames, fitHeadModel(frames.map(({ mesh }) => mesh)), size, frames.map((_, f) => covered.includes(f)));
}

const clip = (count: number, make: (f: number) => TrackedFrame): TrackedFrame[] => Array.from({ length: count }, (_, f) => make(f));

describe('judgeClip', () => {
  it('finds nothing wrong with a head that moves a little', () => {
    const { stretches, warnings } = judge(clip(200, (f) => frame(f, { dx: 20 * Math.sin(f / 10), yaw: 0.1 * Math.sin(f / 15) })));
    expect(stretches).toEqual([{ from: 0, to: 200 }]);
    expect(warnings).toEqual([]);
  });

  it('keeps the longer scene when the picture changes at once', () => {
    const { stretches, warnings } = judge(clip(200, (f) => frame(f, f < 80 ? {} : { light: 160 })));
    expect(stretches).toEqual([{ from: 80, to: 200 }]);
    expect(warnings.join()).toMatch(/behind a cut/);
  });

  it('parts a take where something was cut out and the face is elsewhere at once, and uses both parts', () => {
    const { stretches, warnings } = judge(clip(200, (f) => frame(f, f < 120 ? {} : { dx: 30, light: 106 })));
    expect(stretches).toEqual([{ from: 0, to: 117 }, { from: 123, to: 200 }]);
    expect(warnings).toEqual([]);
  });

  it('does not take a fast motion with a dropped frame for a cut', () => {
    const places = clip(200, (f) => frame(f, { dx: 9 * Math.max(0, Math.min(8, f - 100 + (f > 104 ? 1 : 0))), light: 100 + 3 * Math.max(0, Math.min(8, f - 100 + (f > 104 ? 1 : 0))) }));
    expect(judge(places).stretches).toEqual([{ from: 0, to: 200 }]);
  });

  it('leaves out what is covered, turned away, blurred, empty or shared, and says so', () => {
    const spoilt = clip(500, (f) => {
      if (f >= 50 && f < 70) return frame(f, { yaw: 0.9 });
      if (f >= 120 && f < 140) return frame(f, { sharpness: 10 });
      if (f >= 200 && f < 220) return frame(f, { mesh: undefined });
      if (f >= 300 && f < 320) return frame(f, { company: true });
      return frame(f);
    });
    const { faults, warnings } = judge(spoilt, Array.from({ length: 20 }, (_, i) => 400 + i));
    expect([60, 130, 210, 310, 410, 450].map((f) => faults[f])).toEqual(['turned_away', 'blurred', 'no_face', 'company', 'covered', undefined]);
    expect(warnings).toHaveLength(5);
  });

  it.each([
    ['face_turned_away', { yaw: 0.9 }],
    ['several_faces', { company: true }],
    ['no_face', { mesh: undefined }],
  ] as const)('refuses a clip with too little of use: %s', (code, fault) => {
    // Two seconds in one piece are nowhere; straight heads in between say what straight is.
    const frames = clip(300, (f) => frame(f, f % 50 < 20 ? {} : fault));
    expect(() => judge(frames)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(/Please/) as string }));
  });
});
