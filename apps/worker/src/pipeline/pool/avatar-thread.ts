/** The program of an avatar thread: built as a file of its own, started by `PipelinePool`. */
import { workerData } from 'node:worker_threads';
import { createEngines, type EngineMemory } from '../../engines.ts';
import { hostAvatarThread } from './avatar-thread-host.ts';
import type { AvatarThreadData } from './thread-messages.ts';

const { engineMemory } = workerData as AvatarThreadData;
const engines = createEngines({ memory: engineMemory as EngineMemory });
hostAvatarThread((name) => engines.get(name));
