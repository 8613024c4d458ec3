import { readdirSync, readFileSync } from 'node:fs';
import type { Product } from '../support/product.ts';
import { productProcesses } from '../support/workers.ts';

const TICKS_PER_SECOND = 100;

/** A process of the product and those that it started (mediasoup's workers below the API, say). Linux only: it reads /proc. */
export interface ProcessUse {
  cpuMs: number;
  rssMib: number;
}

/** CPU and memory now, by name: api, worker-1, …, and `mediasoup` for what runs below the API. */
export function processUse(product: Product): Record<string, ProcessUse> {
  const use: Record<string, ProcessUse> = {};
  for (const { name, pid } of productProcesses(product)) {
    if (!/^(api|worker)/.test(name)) continue;
    use[name] = useOf(pid);
    if (name !== 'api') continue;
    const below = childrenOf(pid).map(useOf);
    use['mediasoup'] = { cpuMs: below.reduce((sum, { cpuMs }) => sum + cpuMs, 0), rssMib: below.reduce((sum, { rssMib }) => sum + rssMib, 0) };
  }
  return use;
}

/**
 * CPU milliseconds of a process by the names of its threads, numbers left out: "pipeline", "inference", … Those that begin and end between two
 * looks are missed.
 */
export function threadUse(pid: number): Record<string, number> {
  const use: Record<string, number> = {};
  let tasks: string[] = [];
  try {
    tasks = readdirSync(`/proc/${pid}/task`);
  } catch {
    return use; // it ended
  }
  for (const task of tasks) {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8');
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')).replace(/[\s\d]+$/, '');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      use[name] = (use[name] ?? 0) + ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
    } catch {
      // It ended while we looked.
    }
  }
  return use;
}

/** Of all workers of the product together. */
export function workerThreadUse(product: Product): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { name, pid } of productProcesses(product)) {
    if (!name.startsWith('worker')) continue;
    for (const [thread, cpuMs] of Object.entries(threadUse(pid))) sum[thread] = (sum[thread] ?? 0) + cpuMs;
  }
  return sum;
}

/** Share of one core that each took between two looks. */
export function coresBetween(before: Record<string, ProcessUse>, after: Record<string, ProcessUse>, elapsedMs: number): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, { cpuMs }]) => [name, Number(((cpuMs - (before[name]?.cpuMs ?? 0)) / elapsedMs).toFixed(2))]));
}

export function useOf(pid: number): ProcessUse {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    const rssKib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0;
    return { cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND, rssMib: Number(rssKib) / 1024 };
  } catch {
    return { cpuMs: 0, rssMib: 0 };
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]) === parent;
      } catch {
        return false; // it ended while we looked
      }
    });
}
