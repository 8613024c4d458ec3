/**
 * The program of the inference thread, the only one of a process that runs the network: onnxruntime-node has crashed when several
 * threads used it, and one call for many sessions costs little more than one for one. It keeps no state between calls.
 *
 * It sleeps in `Atomics.wait`, not in its event loop. A thread that is ended inside native code takes the process with it; so it says
 * when it is there (`busy`), and leaves by itself when it is told to.
 */
import { workerData } from 'node:worker_threads';
import type * as OnnxRuntime from 'onnxruntime-node';
import { FEATURES_PER_STEP } from '../log-mel.ts';
import { MOUTH_PARAMS, VISEMES } from '../phonemes.ts';
import { Hub, MAX_STEPS_ASKED, slotState, threadPhase } from './hub.ts';
import type { HubSlot } from './hub.ts';

export interface InferenceThreadData {
  memory: SharedArrayBuffer;
  stateSize: number;
  model: Uint8Array;
  /** How long requests may gather before they run as one batch. */
  gatherMs: number;
}

const MAX_BATCH = 64;
/** Longer requests run apart: in one batch all would cost as much as the longest. */
const SHORT_STEPS = 4;

const { memory, stateSize, model, gatherMs } = workerData as InferenceThreadData;
const hub = new Hub(memory, stateSize);
const slots: HubSlot[] = [];
const taken = new Int32Array(MAX_BATCH);
const mel = new Float32Array(MAX_BATCH * MAX_STEPS_ASKED * FEATURES_PER_STEP);
const states = new Float32Array(MAX_BATCH * stateSize);
const lengths = new Int32Array(MAX_BATCH);
/** Long requests waited while short ones ran. */
let longTurn = false;

await serve();
hub.phase = threadPhase.ended;

async function serve(): Promise<void> {
  hub.phase = threadPhase.busy;
  if (hub.stopping) return;
  const onnx = await import('onnxruntime-node');
  const session = await onnx.InferenceSession.create(model, { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 });
  await warmUp(onnx, session);
  while (!hub.stopping) {
    const bell = hub.bell;
    const batch = take();
    if (batch > 0) await answer(onnx, session, batch);
    else {
      hub.phase = threadPhase.listening;
      hub.sleep(bell);
      hub.phase = threadPhase.busy;
      // Here the phase is said again before the order to stop is looked at: whoever gave it sees one of the two.
      if (!hub.stopping) gather();
    }
  }
  // The network's memory goes with the thread: freeing it here would be native code at the wrong time.
}

/** The first calls allocate and take ten times as long. */
async function warmUp(onnx: typeof OnnxRuntime, session: OnnxRuntime.InferenceSession): Promise<void> {
  for (let round = 0; round < 3; round++) {
    lengths.fill(1, 0, 2);
    await run(onnx, session, 2, 1);
  }
}

function gather(): void {
  const hurries = hub.hurries;
  for (let index = 0; index < hub.slotsUsed; index++) if (Atomics.load(hub.state, index) === slotState.urgent) return;
  hub.gather(hurries, gatherMs);
}

/** Takes what waits, short requests and long ones in turns. Returns how many. */
function take(): number {
  let othersWait = false;
  for (const long of longTurn ? [true, false] : [false, true]) {
    let batch = 0;
    for (let index = 0; index < hub.slotsUsed && batch < MAX_BATCH; index++) {
      const state = Atomics.load(hub.state, index);
      if (state !== slotState.asked && state !== slotState.urgent) continue;
      if (hub.stepCount[index]! > SHORT_STEPS !== long) {
        othersWait = true;
        continue;
      }
      if (hub.move(index, slotState.asked, slotState.running) || hub.move(index, slotState.urgent, slotState.running)) taken[batch++] = index;
    }
    if (batch > 0) {
      longTurn = othersWait && !long;
      return batch;
    }
  }
  return 0;
}

async function answer(onnx: typeof OnnxRuntime, session: OnnxRuntime.InferenceSession, batch: number): Promise<void> {
  let steps = 0;
  for (let row = 0; row < batch; row++) {
    lengths[row] = hub.stepCount[taken[row]!]!;
    steps = Math.max(steps, lengths[row]!);
  }
  for (let row = 0; row < batch; row++) {
    const slot = slotAt(taken[row]!);
    const count = lengths[row]! * FEATURES_PER_STEP;
    const start = row * steps * FEATURES_PER_STEP;
    for (let i = 0; i < count; i++) mel[start + i] = slot.mel[i]!;
    mel.fill(0, start + count, start + steps * FEATURES_PER_STEP);
    states.set(slot.stateBefore, row * stateSize);
  }
  const out = await run(onnx, session, batch, steps);
  hub.countRun(sum(lengths, batch));
  for (let row = 0; row < batch; row++) {
    const index = taken[row]!;
    const slot = slotAt(index);
    const length = lengths[row]!;
    copy(out.params, row * steps * MOUTH_PARAMS.length, slot.params, length * MOUTH_PARAMS.length);
    copy(out.visemes, row * steps * VISEMES.length, slot.visemes, length * VISEMES.length);
    copy(out.states, (row * steps + length - 1) * stateSize, slot.stateAfter, stateSize);
    if (hub.move(index, slotState.running, slotState.done)) Atomics.notify(hub.state, index);
    else hub.move(index, slotState.abandoned, slotState.free);
  }
}

async function run(onnx: typeof OnnxRuntime, session: OnnxRuntime.InferenceSession, batch: number, steps: number) {
  const out = await session.run({
    mel: new onnx.Tensor('float32', mel.subarray(0, batch * steps * FEATURES_PER_STEP), [batch, steps, FEATURES_PER_STEP]),
    lengths: new onnx.Tensor('int32', lengths.subarray(0, batch), [batch]),
    state: new onnx.Tensor('float32', states.subarray(0, batch * stateSize), [batch, stateSize]),
  });
  return { params: floatsOf(out['params']), visemes: floatsOf(out['visemes']), states: floatsOf(out['states']) };
}

function floatsOf(tensor: OnnxRuntime.Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Error('the lip sync network lacks an output');
  return tensor.data;
}

function slotAt(index: number): HubSlot {
  return (slots[index] ??= hub.slot(index));
}

function sum(values: Int32Array, count: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += values[i]!;
  return total;
}

function copy(from: Float32Array, start: number, to: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) to[i] = from[start + i]!;
}
