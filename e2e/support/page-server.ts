import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An empty page on an origin of its own, as a customer's is, and a way for it to hand large captures back. */
export interface PageServer {
  readonly url: string;
  /** What the page sends to /captures/:name, once. */
  received(name: string): Promise<Buffer>;
  close(): Promise<void>;
}

export async function startPageServer(address = '127.0.0.1'): Promise<PageServer> {
  const waiting = new Map<string, PromiseWithResolvers<Buffer>>();
  const slot = (name: string) => {
    const known = waiting.get(name) ?? Promise.withResolvers<Buffer>();
    waiting.set(name, known);
    return known;
  };
  const server = createServer((request, response) => {
    const [, folder, name = ''] = (request.url ?? '/').split('/');
    if (request.method !== 'POST' || folder !== 'captures') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>player</title><body style="margin:0;background:#222"></body>');
      return;
    }
    bodyOf(request).then(
      (body) => {
        slot(name).resolve(body);
        response.writeHead(204).end();
      },
      (error: unknown) => slot(name).reject(error),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}/`,
    received: (name) => slot(name).promise.finally(() => waiting.delete(name)),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
