import type { AvatarEngine } from '@visavis/engine';
import { createBuiltinEngine, createEngineMemory, type EngineMemory, type EngineOptions } from '@visavis/engine-builtin';

export { createEngineMemory };
export type { EngineMemory };

/** The one place that knows which engines there are. Another engine is one more line here. */
export interface EngineRegistry {
  /** New avatars are prepared for this one. */
  readonly preferred: AvatarEngine;
  /** @throws Error when this worker has no such engine. */
  get(name: string): AvatarEngine;
  names(): string[];
}

/** @param options how engines that need it reach the lip sync network, and the memory that the process's threads share. */
export function createEngines(options: EngineOptions = {}): EngineRegistry {
  const builtin = createBuiltinEngine(options);
  const engines = new Map<string, AvatarEngine>([[builtin.name, builtin]]);
  return {
    preferred: builtin,
    get(name) {
      const engine = engines.get(name);
      if (!engine) throw new Error(`this worker has no engine "${name}", only ${[...engines.keys()].join(', ')}`);
      return engine;
    },
    names: () => [...engines.keys()],
  };
}
