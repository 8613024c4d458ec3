import type { Api } from './api.ts';
import { until } from './until.ts';

type Message = { type: string } & Record<string, unknown>;

/** A WebSocket of a session, as a page opens it: the token travels as a subprotocol. */
export class SessionSocket {
  readonly messages: Message[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.messages.push(JSON.parse(String(data)) as Message));
    socket.addEventListener('close', ({ code, reason }) => (this.closed = { code, reason }));
  }

  static async open(api: Api, sessionId: string, token: string): Promise<SessionSocket> {
    const url = `${api.url.replace(/^http/, 'ws')}/v1/sessions/${sessionId}/ws`;
    const socket = new WebSocket(url, ['visavis', `visavis.token.${token}`]);
    const opened = new SessionSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error('the WebSocket was refused')), { once: true });
    });
    return opened;
  }

  get subprotocol(): string {
    return this.#socket.protocol;
  }

  send(command: Message): void {
    this.#socket.send(JSON.stringify(command));
  }

  sendSamples(pcm: Buffer): void {
    this.#socket.send(Uint8Array.from(pcm));
  }

  /** The first message like this that was heard so far or is yet to come. */
  until(type: string, like: Record<string, unknown> = {}, timeoutMs = 30_000): Promise<Message> {
    const fits = (message: Message) => {
      const fields: Record<string, unknown> = { ...message, ...(message['data'] as object | undefined) };
      return message.type === type && Object.entries(like).every(([name, value]) => fields[name] === value);
    };
    return until(`the WebSocket says ${type}; it said ${this.messages.map((message) => message.type).join(', ')}`, () => this.messages.find(fits), timeoutMs, 20);
  }

  close(): void {
    this.#socket.close();
  }
}
