/*
 * The pixel loops of the engine, for WebAssembly with SIMD. They work on memory that all threads of a process share, keep no state, and
 * have no data of their own: everything lies where the caller says. `node libs/engine-builtin/assembly/build.mjs` compiles them.
 */
export { resample } from './resample';
export { warpCells, warpChanged } from './warp';
export { blendLayers } from './blend';
export { addScaled, invert, spread } from './lattice';
export { alphaToLuma, composite, warpAlpha } from './composite';
