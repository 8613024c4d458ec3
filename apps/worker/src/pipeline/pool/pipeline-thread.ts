/** The program of a pipeline thread: built as a file of its own, started by `PipelinePool`. */
import { workerData } from 'node:worker_threads';
import { createEngines, type EngineMemory } from '../../engines.ts';
import { hostPipelineThread } from './pipeline-thread-host.ts';
import type { PipelineThreadData } from './thread-messages.ts';

/** A picture waits no longer than this for the lip sync network: others are due. Usually its answer came a packet of sound before. */
const PATIENCE_MS = 4;

const { inference, engineMemory } = workerData as PipelineThreadData;
const engines = createEngines({ inference, patienceMs: PATIENCE_MS, memory: engineMemory as EngineMemory });
hostPipelineThread((name) => engines.get(name));
