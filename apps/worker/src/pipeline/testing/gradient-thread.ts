/** A pipeline thread whose engine is the tests' gradient. */
import { hostPipelineThread } from '../pool/pipeline-thread-host.ts';
import { gradientEngine } from './gradient-avatar.ts';

hostPipelineThread((name) => {
  if (name !== gradientEngine.name) throw new Error(`no engine ${name}`);
  return gradientEngine;
});
