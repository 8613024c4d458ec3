import type { IceServer } from '@visavis/contracts';
import { send } from '../api/client.ts';
import { toApiProblem } from '../api/problem.ts';
import type { ClientToken } from './client-token.ts';

/** One viewer: a peer connection that only receives, negotiated by WHEP. */
export class WhepConnection {
  readonly stream: MediaStream;
  readonly peer: RTCPeerConnection;
  readonly #token: ClientToken;
  #resourceUrl: string | null = null;
  #closed = false;

  private constructor(peer: RTCPeerConnection, token: ClientToken) {
    this.peer = peer;
    this.#token = token;
    this.stream = new MediaStream();
    peer.addEventListener('track', (event) => this.stream.addTrack(event.track));
  }

  /**
   * Offers at once, without waiting for candidates: the server finds the browser by its first ICE packet.
   * @throws ApiProblem (406 `codec_not_supported` among others), NetworkProblem
   */
  static async open(input: { url: string; token: ClientToken; iceServers: readonly IceServer[]; signal: AbortSignal }): Promise<WhepConnection> {
    const peer = new RTCPeerConnection({ iceServers: input.iceServers.map((server) => ({ ...server })), bundlePolicy: 'max-bundle' });
    const connection = new WhepConnection(peer, input.token);
    try {
      peer.addTransceiver('video', { direction: 'recvonly' });
      peer.addTransceiver('audio', { direction: 'recvonly' });
      const offer = await peer.createOffer();
      await peer.setLocalDescription(offer);
      const response = await input.token.use((bearer) =>
        send(input.url, {
          method: 'POST',
          headers: { 'content-type': 'application/sdp', authorization: `Bearer ${bearer}` },
          body: offer.sdp ?? '',
          credentials: 'omit',
          signal: input.signal,
        }),
      );
      const answer = await response.text();
      if (response.status !== 201) throw toApiProblem(response.status, answer, (name) => response.headers.get(name));
      const location = response.headers.get('location');
      connection.#resourceUrl = location === null ? null : new URL(location, new URL(input.url, window.location.href)).href;
      await peer.setRemoteDescription({ type: 'answer', sdp: answer });
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Frees the connection. A session that ends takes its viewers with it: then no good-bye is needed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.peer.close();
    for (const track of this.stream.getTracks()) track.stop();
  }

  /** Closes, and tells the server that this viewer is gone while its session goes on. */
  async leave(): Promise<void> {
    this.close();
    const url = this.#resourceUrl;
    if (url === null) return;
    const gone = (bearer: string) => send(url, { method: 'DELETE', headers: { authorization: `Bearer ${bearer}` }, credentials: 'omit' });
    // Best effort: the server also notices by itself.
    await this.#token.use(gone).catch(() => {});
  }
}
