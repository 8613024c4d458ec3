import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

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

/** One connected UDP socket: no address look-up per packet, and packets from anyone else never arrive. */
export async function openUdpTransport(options: UdpTransportOptions): Promise<RtpTransport> {
  const { address, port } = options.remote;
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  let closed = false;
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(port, address, () => {
      socket.off('error', reject);
      resolve();
    });
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
