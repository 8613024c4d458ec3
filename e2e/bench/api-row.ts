import { connect, type Socket } from 'node:net';
import { pause } from '../support/until.ts';
import { processUse } from './processes.ts';
import type { Bench, Row } from './row.ts';

const CONNECTIONS = 32;
const WARM_UP_MS = 2000;
const MEASURE_MS = 8000;
const TARGET = 2500;

/** Authenticated GET of a session over kept-alive connections, as many at once as there are connections. */
export const apiRow: Row = {
  ids: ['api'],
  async measure({ stage, avatar }: Bench) {
    const { product, api } = stage;
    const session = await stage.session({ avatar_id: avatar.id });
    const { hostname, port } = new URL(product.url);
    const request = `GET /v1/sessions/${session.id} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${product.apiKey}\r\n\r\n`;
    const load = { answers: 0, refused: 0 };
    const sockets = Array.from({ length: CONNECTIONS }, () => askAgainAndAgain(connect(Number(port), hostname), request, load));
    await pause(WARM_UP_MS);
    const before = { answers: load.answers, use: processUse(product), atMs: performance.now() };
    await pause(MEASURE_MS);
    const after = { answers: load.answers, use: processUse(product), atMs: performance.now() };
    for (const socket of sockets) socket.destroy();
    await api.endSession(session.id);
    const seconds = (after.atMs - before.atMs) / 1000;
    const rate = (after.answers - before.answers) / seconds;
    const cores = ((after.use['api']?.cpuMs ?? 0) - (before.use['api']?.cpuMs ?? 0)) / 1000 / seconds;
    return [
      {
        id: 'api',
        what: 'API, one core: authenticated GET of a session',
        target: `> ${TARGET} requests/s`,
        measured: `${rate.toFixed(0)} requests/s with ${cores.toFixed(2)} cores: ${(rate / cores).toFixed(0)} a core`,
        reached: load.refused === 0 && rate / Math.max(1, cores) > TARGET,
        details: { requests_per_s: rate, cores, refused: load.refused, connections: CONNECTIONS },
      },
    ];
  },
};

/** The least HTTP client there can be, so that the core it takes is not the API's. */
function askAgainAndAgain(socket: Socket, request: string, load: { answers: number; refused: number }): Socket {
  let pending: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true).on('error', () => load.refused++);
  socket.on('connect', () => socket.write(request));
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const headEnd = pending.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = pending.toString('latin1', 0, headEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (pending.length < headEnd + 4 + length) return;
    pending = pending.subarray(headEnd + 4 + length);
    if (head.startsWith('HTTP/1.1 200')) load.answers++;
    else load.refused++;
    socket.write(request);
  });
  return socket;
}
