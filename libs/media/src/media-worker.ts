import { readFile } from 'node:fs/promises';
import { createWorker, type types } from 'mediasoup';
import { findFreePort } from './free-port.ts';
import type { WorkerLoad } from './media-node.types.ts';
import { RouterPool } from './router-pool.ts';

export interface MediaWorkerOptions {
  index: number;
  workerBin?: string;
  listenIp: string;
  announcedAddress: string;
  /** UDP and TCP; 0 takes a free one. */
  port: number;
}

/** One mediasoup process with its one port for all viewers and its routers. */
export class MediaWorker {
  readonly index: number;
  readonly port: number;
  readonly webRtcServer: types.WebRtcServer;
  readonly routers: RouterPool;
  readonly #worker: types.Worker;
  #lastCpu = { atMs: performance.now(), cpuMs: 0, percent: 0 };

  private constructor(index: number, port: number, worker: types.Worker, webRtcServer: types.WebRtcServer) {
    this.index = index;
    this.port = port;
    this.webRtcServer = webRtcServer;
    this.routers = new RouterPool(worker);
    this.#worker = worker;
  }

  static async start(options: MediaWorkerOptions): Promise<MediaWorker> {
    const { index, workerBin, listenIp: ip, announcedAddress } = options;
    const worker = await createWorker({ logLevel: 'error', ...(workerBin ? { workerBin } : {}) });
    try {
      const port = options.port || (await findFreePort(ip));
      const announced = announcedAddress === ip ? {} : { announcedAddress };
      const webRtcServer = await worker.createWebRtcServer({
        listenInfos: [
          { protocol: 'udp', ip, port, ...announced, sendBufferSize: 4_194_304, recvBufferSize: 1_048_576 },
          { protocol: 'tcp', ip, port, ...announced },
        ],
      });
      return new MediaWorker(index, port, worker, webRtcServer);
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  get pid(): number {
    return this.#worker.pid;
  }

  get alive(): boolean {
    return !this.#worker.closed;
  }

  /** Called once if the process dies by itself, not after `close`. */
  onDied(listener: (error: Error) => void): void {
    this.#worker.on('died', (error) => {
      this.routers.close();
      listener(error);
    });
  }

  async load(counts: { sessions: number; viewers: number }): Promise<WorkerLoad> {
    const usage = await this.#worker.getResourceUsage();
    return {
      index: this.index,
      pid: this.pid,
      port: this.port,
      ...counts,
      cpuPercent: this.#cpuPercent(usage.ru_utime + usage.ru_stime),
      memoryBytes: await residentBytes(this.pid, usage.ru_maxrss * 1024),
    };
  }

  close(): void {
    this.routers.close();
    this.#worker.close();
  }

  #cpuPercent(cpuMs: number): number {
    const atMs = performance.now();
    const elapsedMs = atMs - this.#lastCpu.atMs;
    // Two readings in one breath would divide noise by nothing.
    if (elapsedMs < 500 && this.#lastCpu.cpuMs > 0) return this.#lastCpu.percent;
    const percent = this.#lastCpu.cpuMs === 0 ? 0 : Math.round(((cpuMs - this.#lastCpu.cpuMs) / elapsedMs) * 1000) / 10;
    this.#lastCpu = { atMs, cpuMs, percent };
    return percent;
  }
}

/** Resident memory now where Linux tells it, elsewhere the process's peak. */
async function residentBytes(pid: number, peakBytes: number): Promise<number> {
  try {
    const [, pages = ''] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
    return Number(pages) * 4096;
  } catch {
    return peakBytes;
  }
}
