import type { types } from 'mediasoup';
import type { RouterLease } from './router-pool.ts';

/**
 * One session's producers as seen in other routers. Viewers whose payload types are not the home router's get them through a pipe: one per producer and
 * router, which ends with the producer or with the last of those viewers.
 */
export class ProducerPipes {
  readonly #home: RouterLease;
  /** By router key, then by producer id at home. */
  readonly #piped = new Map<string, Map<string, Promise<types.Producer>>>();

  constructor(home: RouterLease) {
    this.#home = home;
  }

  in(lease: RouterLease, producer: types.Producer): Promise<types.Producer> {
    if (lease.key === this.#home.key) return Promise.resolve(producer);
    const inRouter = this.#piped.get(lease.key) ?? new Map<string, Promise<types.Producer>>();
    this.#piped.set(lease.key, inRouter);
    const known = inRouter.get(producer.id);
    if (known) return known;
    const pipe = this.#pipe(lease.router, producer);
    const forget = () => inRouter.delete(producer.id);
    inRouter.set(producer.id, pipe);
    pipe.then((piped) => piped.observer.once('close', forget), forget);
    return pipe;
  }

  closeRouter(routerKey: string): void {
    const inRouter = this.#piped.get(routerKey);
    this.#piped.delete(routerKey);
    for (const pipe of inRouter?.values() ?? []) {
      void pipe.then(
        (producer) => producer.close(),
        () => undefined,
      );
    }
  }

  async #pipe(router: types.Router, producer: types.Producer): Promise<types.Producer> {
    const { pipeProducer } = await this.#home.router.pipeToRouter({
      producerId: producer.id,
      router,
      // Producer ids are unique within a worker, so the copy needs one of its own.
      keepId: false,
      enableSctp: false,
      // Key frames of many sessions can meet on this socket.
      listenInfo: { protocol: 'udp', ip: '127.0.0.1', recvBufferSize: 4_194_304 },
    });
    if (!pipeProducer) throw new Error('mediasoup piped no producer');
    return pipeProducer;
  }
}
