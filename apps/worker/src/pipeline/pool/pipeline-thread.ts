/** The program of a pipeline thread: built as a file of its own, started by `PipelinePool`. */
import { createEngines } from '../../engines.ts';
import { hostPipelineThread } from './pipeline-thread-host.ts';

const engines = createEngines();
hostPipelineThread((name) => engines.get(name));
