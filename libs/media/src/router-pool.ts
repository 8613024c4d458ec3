import type { types } from 'mediasoup';
import { openRelayLoop, type RelayLoop } from './audio-relay.ts';
import { mappingKey, routerCodecs, type PayloadMapping } from './payload-mapping.ts';

/** Viewer routers without a viewer are kept this long for the next one with the same browser. */
const idleRouterMs = 60_000;

export interface RouterLease {
  readonly key: string;
  readonly router: types.Router;
  /** The router's own relay loop, made on first use. */
  relayLoop(): Promise<RelayLoop>;
  /** Gives the router back; a second call does nothing. */
  release(): void;
}

interface PooledRouter {
  router: Promise<types.Router>;
  relayLoop?: Promise<RelayLoop>;
  leases: number;
  idleTimer?: NodeJS.Timeout;
}

/**
 * The routers of one mediasoup worker, one per payload-type mapping, shared by all its sessions: a router is nothing but payload types and tables, and a
 * shared one spares each viewer its making and most viewers a pipe. A client chooses its payload types freely, so idle routers go after a minute.
 */
export class RouterPool {
  readonly #worker: types.Worker;
  readonly #routers = new Map<string, PooledRouter>();

  constructor(worker: types.Worker) {
    this.#worker = worker;
  }

  async lease(mapping: PayloadMapping): Promise<RouterLease> {
    const key = mappingKey(mapping);
    const pooled = this.#routers.get(key) ?? this.#add(key, mapping);
    clearTimeout(pooled.idleTimer);
    pooled.leases += 1;
    let leased = true;
    const release = () => {
      if (!leased) return;
      leased = false;
      pooled.leases -= 1;
      if (pooled.leases === 0) this.#closeWhenIdle(key, pooled);
    };
    try {
      const router = await pooled.router;
      const relayLoop = () => (pooled.relayLoop ??= this.#openLoop(pooled, router));
      return { key, router, relayLoop, release };
    } catch (error) {
      if (this.#routers.get(key) === pooled) this.#routers.delete(key);
      throw error;
    }
  }

  /** Stops the timers; the routers themselves end with their worker. */
  close(): void {
    for (const pooled of this.#routers.values()) clearTimeout(pooled.idleTimer);
    this.#routers.clear();
  }

  #add(key: string, mapping: PayloadMapping): PooledRouter {
    const pooled: PooledRouter = { router: this.#worker.createRouter({ mediaCodecs: routerCodecs(mapping) }), leases: 0 };
    this.#routers.set(key, pooled);
    return pooled;
  }

  async #openLoop(pooled: PooledRouter, router: types.Router): Promise<RelayLoop> {
    try {
      return await openRelayLoop(router);
    } catch (error) {
      pooled.relayLoop = undefined;
      throw error;
    }
  }

  #closeWhenIdle(key: string, pooled: PooledRouter): void {
    if (this.#routers.get(key) !== pooled) return;
    pooled.idleTimer = setTimeout(() => {
      if (pooled.leases > 0 || this.#routers.get(key) !== pooled) return;
      this.#routers.delete(key);
      void pooled.router.then(
        (router) => router.close(),
        () => undefined,
      );
    }, idleRouterMs);
    pooled.idleTimer.unref();
  }
}
