import { createSocket } from 'node:dgram';
import { isIP, isIPv6 } from 'node:net';

export interface RtpTransport {
  /** Sends `packet[0, length)`; the bytes may not be written to for some milliseconds after. */
  send(packet: Buffer, length: number): void;
  close(): void;
}

export interface UdpTransportOptions {
  remote: { address: string; port: number };
  onMessage(packet: Buffer): void;
  /** The peer refuses or the network fails; sending may go on. */
  onError(error: Error): void;
}

const BUFFER_BYTES = 1024 * 1024;

/**
 * One connected UDP socket: no address look-up per packet, and packets from anyone else never arrive.
 * @throws Error when the address is a name or can't be reached.
 */
export async function openUdpTransport(options: UdpTransportOptions): Promise<RtpTransport> {
  const { address, port } = options.remote;
  if (isIP(address) === 0) throw new Error(`"${address}" is no IP address`);
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  let closed = false;
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    // Node's types leave out that the callback gets the error.
    socket.connect(port, address, ((error?: Error) => {
      socket.off('error', reject);
      if (error) reject(error);
      else resolve();
    }) as () => void);
  }).catch((error: unknown) => {
    socket.close();
    throw error;
  });
  socket.on('error', (error) => options.onError(error));
  socket.on('message', (packet) => options.onMessage(packet));
  try {
    socket.setSendBufferSize(BUFFER_BYTES);
    socket.setRecvBufferSize(BUFFER_BYTES);
  } catch {
    // A smaller limit of the system's is no reason to fail: key frames may then be paced by the kernel.
  }
  return {
    send(packet, length) {
      if (!closed) socket.send(packet, 0, length);
    },
    close() {
      if (closed) return;
      closed = true;
      socket.close();
    },
  };
}
