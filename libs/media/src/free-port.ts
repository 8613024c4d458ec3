import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * A port that was free for both UDP and TCP on `address` a moment ago.
 * @throws Error after 20 ports that had a holder in one of the two
 */
export async function findFreePort(address: string): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const port = await freeTcpPort(address);
    if (await udpPortIsFree(address, port)) return port;
  }
  throw new Error(`no port free for both UDP and TCP on ${address}`);
}

function freeTcpPort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, address, () => {
      const bound = server.address();
      server.close(() => (bound !== null && typeof bound === 'object' ? resolve(bound.port) : reject(new Error('no port'))));
    });
  });
}

function udpPortIsFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind(port, address, () => socket.close(() => resolve(true)));
  });
}
