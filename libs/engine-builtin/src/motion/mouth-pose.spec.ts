import { describe, expect, it } from 'vitest';
import { applyMouth, MOUTH_PARAM_COUNT, mouthParam } from './mouth-pose.ts';
import { channel, restPose } from './pose.ts';
import type { FacePose } from './pose.ts';

type Mouth = Partial<Record<keyof typeof mouthParam, number>>;

function poseOf(mouth: Mouth, mouthGain = 1): FacePose {
  const params = new Float32Array(MOUTH_PARAM_COUNT);
  for (const [name, value] of Object.entries(mouth)) params[mouthParam[name as keyof typeof mouthParam]] = value;
  const pose = restPose();
  applyMouth(params, 0, mouthGain, pose);
  return pose;
}

describe('mouth pose', () => {
  it('is rest at rest', () => {
    expect(poseOf({})).toEqual(restPose());
  });

  it('writes every parameter to the channel of its name, and nothing else', () => {
    const mouth = Object.keys(mouthParam) as (keyof typeof mouthParam)[];
    for (const name of mouth) {
      const pose = poseOf({ [name]: 0.5 });
      expect(pose[channel[name]], name).toBeGreaterThan(0.3);
      pose[channel[name]] = 0;
      expect(pose, name).toEqual(restPose());
    }
  });

  it('reads the parameters at an offset and replaces what the pose said of the mouth only', () => {
    const params = new Float32Array(3 * MOUTH_PARAM_COUNT);
    params[MOUTH_PARAM_COUNT + mouthParam.round] = 0.4;
    const pose = restPose();
    pose[channel.jaw] = 0.9;
    pose[channel.yaw] = 0.03;
    applyMouth(params, MOUTH_PARAM_COUNT, 1, pose);
    expect(pose[channel.round]).toBeCloseTo(0.4);
    expect(pose[channel.jaw]).toBe(0);
    expect(pose[channel.yaw]).toBeCloseTo(0.03);
  });

  it('opens the jaw of a full "ah" as far as loud speech goes, by the factor of the face', () => {
    const jaw = poseOf({ jaw: 0.85 })[channel.jaw]!;
    expect(jaw).toBeCloseTo(0.72, 2);
    expect(poseOf({ jaw: 0.85 }, 0.7)[channel.jaw]).toBeCloseTo(0.7 * jaw);
  });

  it('opens the jaw of running speech, which reaches half of that, more than half as far, and never less for more', () => {
    expect(poseOf({ jaw: 0.45 })[channel.jaw]).toBeGreaterThan(0.6 * poseOf({ jaw: 0.85 })[channel.jaw]!);
    const jaws = Array.from({ length: 21 }, (_, i) => poseOf({ jaw: i / 20 })[channel.jaw]!);
    for (let i = 1; i < jaws.length; i++) expect(jaws[i]).toBeGreaterThan(jaws[i - 1]!);
  });

  it('lets pressed lips neither part nor touch the teeth', () => {
    const pose = poseOf({ press: 1, jaw: 0.3, upperLip: 0.4, lowerLip: 0.5, teeth: 0.5, tongue: 1 });
    for (const name of ['upperLip', 'lowerLip', 'teeth', 'tongue'] as const) expect(pose[channel[name]], name).toBe(0);
    expect(pose[channel.jaw]).toBeLessThan(0.15);
  });

  it('does not lower a lip that touches the teeth', () => {
    expect(poseOf({ teeth: 1, lowerLip: 0.6, upperLip: 0.3 })[channel.lowerLip]).toBe(0);
  });

  it('stays within bounds whatever the parameters are', () => {
    for (const value of [-3, 7, NaN, Infinity]) {
      for (const amount of poseOf(Object.fromEntries(Object.keys(mouthParam).map((name) => [name, value])))) {
        expect(amount).toBeGreaterThanOrEqual(0);
        expect(amount).toBeLessThanOrEqual(1);
      }
    }
  });
});
