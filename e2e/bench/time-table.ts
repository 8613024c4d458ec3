import type { LoadResult } from './load.ts';
import type { Table } from './table.ts';

const names: Record<string, string> = {
  listen: 'listen (resample, features)',
  network: 'lip sync network',
  render: 'render',
  encode: 'encode',
  opus: 'opus',
  packetise: 'packetise',
  protect: 'protect',
  send: 'send',
  session: 'session loop, timers, messages',
  worker: 'worker, main thread and the rest',
  mediasoup: 'mediasoup',
  api: 'API',
};

/**
 * Where the time goes, in milliseconds of CPU for each second of each session. What the pipeline threads measured of themselves is wall time,
 * which others may have interrupted: it is scaled down to the CPU time that these threads had, if it was more.
 */
export function spentPerSecond({ sessions, cores, threadMs, sender }: LoadResult): Record<string, number> {
  const measured = Object.fromEntries(Object.entries(sender.spentMs).map(([part, ms]) => [part, ms / Math.max(1, sender.seconds)]));
  const sum = Object.values(measured).reduce((total, ms) => total + ms, 0);
  const pipeline = threadMs['pipeline'] ?? 0;
  const scale = Math.min(1, pipeline / Math.max(sum, 1e-9));
  const network = threadMs['inference'] ?? 0;
  const worker = Object.values(threadMs).reduce((total, ms) => total + ms, 0) - pipeline - network;
  const perSession = (name: string): number => ((cores[name] ?? 0) * 1000) / sessions;
  return {
    ...Object.fromEntries(Object.entries(measured).map(([part, ms]) => [part, ms * scale])),
    network,
    session: pipeline - sum * scale,
    worker,
    mediasoup: perSession('mediasoup'),
    api: perSession('api'),
  };
}

export function timeTable(title: string, result: LoadResult): Table {
  const spent = spentPerSecond(result);
  const total = Object.values(spent).reduce((sum, ms) => sum + ms, 0);
  const rows = Object.keys(names).map((part) => [names[part]!, (spent[part] ?? 0).toFixed(2), `${(((spent[part] ?? 0) / total) * 100).toFixed(0)} %`]);
  return {
    title: `${title}: CPU milliseconds for each second of each of ${result.sessions} sessions`,
    head: ['what', 'ms', 'share'],
    rows: [...rows, ['together', total.toFixed(1), '']],
    notes: [`${((result.sender.fromLoop / Math.max(1, result.sender.frames)) * 100).toFixed(0)} % of the pictures came from the idle loop; ${(result.sender.videoPackets / Math.max(1, result.sender.seconds)).toFixed(0)} packets of video a second.`],
  };
}
