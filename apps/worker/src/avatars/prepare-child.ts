import { readFile } from 'node:fs/promises';
import { looksLikeClip } from '@visavis/codec';
import { PrepareError } from '@visavis/engine';
import { InferenceService, type InferenceConnection } from '@visavis/viseme-net';
import { createEngines } from '../engines';
import type { PrepareMessage } from './prepare-in-child';

const send = (message: PrepareMessage) =>
  new Promise<void>((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });

/** A clip's sound is heard, too: by a network thread of this process, which a picture need not wait for. */
function inferenceFor(upload: Uint8Array): InferenceConnection | undefined {
  if (!looksLikeClip(upload)) return undefined;
  return new InferenceService({ threadUrl: new URL('./inference-thread.js', import.meta.url), assetsUrl: new URL('./viseme-net/', import.meta.url) }).connect();
}

process.once('message', (path: string) => {
  readFile(path)
    .then((upload) => createEngines({ inference: inferenceFor(upload) }).preferred.prepare(upload, (progress) => void send({ type: 'progress', progress })))
    .then(
      (prepared) => send({ type: 'done', outcome: { status: 'ready', ...prepared } }),
      (error: unknown) =>
        error instanceof PrepareError
          ? send({ type: 'done', outcome: { status: 'failed', code: error.code, detail: error.message } })
          : send({ type: 'broke', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
    .finally(() => process.disconnect());
});
