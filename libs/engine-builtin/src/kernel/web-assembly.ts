/** WebAssembly as far as it is used here: TypeScript declares it for browsers only. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  /** @throws RangeError when the limit is reached. */
  grow(pages: number): number;
}
type Module = object;
declare const WebAssembly: {
  Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => SharedMemory;
  Module: new (bytes: Uint8Array) => Module;
  Instance: new (module: Module, imports: Record<string, Record<string, unknown>>) => { exports: unknown };
};

export function createSharedMemory(initialPages: number, maximumPages: number): SharedMemory {
  return new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages, shared: true });
}

export function compile(bytes: Uint8Array): Module {
  return new WebAssembly.Module(bytes);
}

export function instantiate<Exports>(module: Module, memory: SharedMemory): Exports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;
}
