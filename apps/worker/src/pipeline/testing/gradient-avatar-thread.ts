/** An avatar thread whose engine is the tests' gradient. */
import { hostAvatarThread } from '../pool/avatar-thread-host.ts';
import { gradientEngine } from './gradient-avatar.ts';

hostAvatarThread((name) => {
  if (name !== gradientEngine.name) throw new Error(`no engine ${name}`);
  return gradientEngine;
});
