import { parentPort } from 'node:worker_threads';
import type { AvatarEngine, LoadedAvatar } from '@visavis/engine';
import { createMediaSession, type CreatedMediaSession, type LocalMediaSession } from '../create-media-session.ts';
import { IdleLoop } from '../idle-loop/idle-loop.ts';
import { LiveEncoders } from '../live-encoders.ts';
import { MediaScheduler } from '../media-scheduler.ts';
import type { PipelineEvent } from '../pipeline-event.ts';
import { createPulledSpeech, type PulledSpeech } from './pulled-speech.ts';
import type { FromThread, ToThread } from './thread-messages.ts';
import { warmUp } from './warm-up.ts';

const STATS_EVERY_MS = 1000;

/** The inside of a pipeline thread: avatars and sessions by number, driven by messages. Call it once, in the thread's program. */
export function hostPipelineThread(engineOf: (name: string) => AvatarEngine): void {
  const port = parentPort;
  if (port === null) throw new Error('a pipeline thread runs in a worker thread');
  const tell = (message: FromThread): void => port.postMessage(message);
  const surroundings = { scheduler: new MediaScheduler(), encoders: new LiveEncoders() };
  const avatars = new Map<number, LoadedAvatar>();
  const loops = new Map<number, { avatar: number; loop: IdleLoop }>();
  const sessions = new Map<number, LocalMediaSession>();
  const speeches = new Map<number, PulledSpeech>();
  /** Sessions that were closed before they were open. */
  const closedEarly = new Set<number>();
  let warm = false;
  let stopped = false;

  const reportStats = (session: number, { stats, rtpStats }: CreatedMediaSession): void => tell({ type: 'stats', session, stats: { ...stats }, rtpStats: { ...rtpStats } });

  const open = async ({ session, avatar, loop, order }: ToThread & { type: 'open' }): Promise<void> => {
    try {
      const loaded = avatars.get(avatar);
      if (loaded === undefined) throw new Error('the avatar is not loaded in this thread');
      const onEvent = (event: PipelineEvent): void => tell({ type: 'event', session, event: withoutCause(event) });
      const onNetworkError = (error: Error): void => tell({ type: 'network error', session, message: error.message });
      const opened = await createMediaSession({ ...order, avatar: loaded, idleLoop: loops.get(loop ?? 0)?.loop, onEvent, onNetworkError }, surroundings);
      if (closedEarly.delete(session) || stopped) {
        opened.close();
        tell({ type: 'closed', session });
        return;
      }
      sessions.set(session, opened);
      tell({ type: 'opened', session });
    } catch (error) {
      tell({ type: 'not opened', session, message: messageOf(error) });
    }
  };

  const handle = (message: ToThread): void => {
    switch (message.type) {
      case 'adopt':
        try {
          const avatar = engineOf(message.engine).adopt(message.handle);
          avatars.set(message.avatar, avatar);
          // The first one also warms the thread up: no session can be running yet.
          if (!warm) warmUp(avatar, message.usual, surroundings.encoders);
          warm = true;
          tell({ type: 'adopted', avatar: message.avatar });
        } catch (error) {
          tell({ type: 'not adopted', avatar: message.avatar, message: messageOf(error) });
        }
        return;
      case 'unload':
        avatars.get(message.avatar)?.close();
        avatars.delete(message.avatar);
        for (const [number, { avatar }] of loops) if (avatar === message.avatar) loops.delete(number);
        tell({ type: 'unloaded', avatar: message.avatar });
        return;
      case 'loop':
        loops.set(message.loop, { avatar: message.avatar, loop: new IdleLoop(message.buffer) });
        return;
      case 'open':
        void open(message);
        return;
      case 'use loop': {
        const found = loops.get(message.loop);
        if (found !== undefined) sessions.get(message.session)?.useIdleLoop(found.loop);
        return;
      }
      case 'speak': {
        const { session, speech, utteranceId, startAtMs, visemes } = message;
        const pulled = createPulledSpeech({
          pull: () => tell({ type: 'pull', speech }),
          drop: () => {
            speeches.delete(speech);
            tell({ type: 'drop', speech });
          },
        });
        speeches.set(speech, pulled);
        sessions.get(session)?.speak({ utteranceId, source: pulled.open, startAtMs, visemes });
        return;
      }
      case 'piece':
        speeches.get(message.speech)?.give(message.piece);
        return;
      case 'end of speech':
        speeches.get(message.speech)?.end(message.failure);
        speeches.delete(message.speech);
        return;
      case 'interrupt':
        sessions.get(message.session)?.interrupt();
        return;
      case 'act':
        sessions.get(message.session)?.act(message.cue);
        return;
      case 'key frame':
        sessions.get(message.session)?.requestKeyFrame();
        return;
      case 'close': {
        const session = sessions.get(message.session);
        if (session === undefined) {
          closedEarly.add(message.session);
          return;
        }
        sessions.delete(message.session);
        session.close({ handOver: message.handOver });
        reportStats(message.session, session);
        tell({ type: 'closed', session: message.session });
        return;
      }
      case 'stop':
        stopped = true;
        clearInterval(statsTimer);
        sessions.forEach((session) => session.close({ handOver: true }));
        sessions.clear();
        surroundings.encoders.close();
        // Nothing is left to wait for: the thread ends by itself.
        port.close();
    }
  };

  const statsTimer = setInterval(() => sessions.forEach((session, number) => reportStats(number, session)), STATS_EVERY_MS);
  port.on('message', handle);
}

/** Causes are for the log of the thread that saw them; not everything in them can cross. */
function withoutCause(event: PipelineEvent): PipelineEvent {
  if (event.type === 'failed') return { type: 'failed', error: messageOf(event.error) };
  if (event.type === 'utterance.ended' && event.error !== undefined) return { ...event, error: { code: event.error.code, detail: event.error.detail } };
  return event;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
