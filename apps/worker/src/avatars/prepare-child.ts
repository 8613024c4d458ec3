import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { looksLikeClip } from '@visavis/codec';
import { PrepareError } from '@visavis/engine';
import { InferenceService, type InferenceConnection } from '@visavis/viseme-net';
import { createEngines } from '../engines';
import { BUNDLE_FILE, PREVIEW_FILE, UPLOAD_FILE, type PrepareMessage, type PrepareOutcome } from './preparer';

const send = (message: PrepareMessage) =>
  new Promise<void>((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });

/** A clip's sound is heard, too: by a network thread of this process, which a picture need not wait for. */
function inferenceFor(upload: Uint8Array): InferenceConnection | undefined {
  if (!looksLikeClip(upload)) return undefined;
  return new InferenceService({ threadUrl: new URL('./inference-thread.js', import.meta.url), assetsUrl: new URL('./viseme-net/', import.meta.url) }).connect();
}

async function prepare(folder: string): Promise<PrepareOutcome> {
  try {
    const upload = await readFile(join(folder, UPLOAD_FILE));
    const { bundle, previewJpeg, ...prepared } = await createEngines({ inference: inferenceFor(upload) }).preferred.prepare(upload, (progress) => void send({ type: 'progress', progress }));
    await writeFile(join(folder, BUNDLE_FILE), bundle);
    await writeFile(join(folder, PREVIEW_FILE), previewJpeg);
    return { status: 'ready', ...prepared };
  } catch (error) {
    if (!(error instanceof PrepareError)) throw error;
    return { status: 'failed', code: error.code, detail: error.message };
  }
}

// Whoever began it is gone: nobody waits for what it makes.
process.once('disconnect', () => process.exit());

process.once('message', (folder: string) => {
  prepare(folder)
    .then(
      (outcome) => send({ type: 'done', outcome }),
      (error: unknown) => send({ type: 'broke', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
    .finally(() => process.disconnect());
});
