/** A process that uses the network and ends in one of several ways, with the thread inside native code: see inference-service.spec.ts. */
import { InferenceService, VisemeStream } from '../index.ts';

const [, , way] = process.argv;
const service = new InferenceService({ gatherMs: 0, onThreadLost: (error) => process.stderr.write(`lost: ${error.message}\n`) });
const sound = Float32Array.from({ length: 6000 }, (_, i) => Math.sin(i * i));

/** Many long requests, which take some ten milliseconds, and returns after a few of these. */
function giveWork(): void {
  for (let i = 0; i < 400; i++) new VisemeStream(service.connect()).push(sound);
  const untilMs = performance.now() + 5;
  while (performance.now() < untilMs);
}

if (way === 'at once') giveWork();
else {
  const stream = new VisemeStream(service.connect());
  stream.push(sound);
  if (!stream.need(10)) throw new Error('no answer');
  giveWork();
  if (way === 'exit') process.exit(7);
  if (way === 'throw') throw new Error('on purpose');
  if (way === 'close') await service.close();
}
