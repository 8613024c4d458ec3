/** A pipeline thread whose engine is the tests' gradient; a bundle of one byte 13 makes its avatar break at the tenth picture. */
import type { AvatarEngine } from '@visavis/engine';
import { hostPipelineThread } from '../pool/pipeline-thread-host.ts';
import { createGradientAvatar } from './gradient-avatar.ts';

const engine: AvatarEngine = {
  name: 'gradient',
  version: '1',
  prepare: () => Promise.reject(new Error('the gradient needs no preparation')),
  load(bundle) {
    if (bundle.length === 0) return Promise.reject(new Error('an empty bundle'));
    const avatar = createGradientAvatar();
    if (bundle[0] === 13) avatar.failAtFrame = 10;
    return Promise.resolve(avatar);
  },
};
hostPipelineThread((name) => {
  if (name !== engine.name) throw new Error(`no engine ${name}`);
  return engine;
});
