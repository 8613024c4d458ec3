import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMediaError, type MediaErrorCode } from '../media.errors.ts';
import type { MediaNode } from '../media-node.types.ts';

const statusOf: Partial<Record<MediaErrorCode, number>> = {
  sdp_malformed: 400,
  codec_not_supported: 406,
  session_not_found: 404,
  viewer_not_found: 404,
  precondition_failed: 412,
  sdp_unsupported: 422,
};

export interface WhepServer {
  /** An empty page to play in. */
  pageUrl: string;
  whepUrl(sessionId: string): string;
  close(): Promise<void>;
}

/** The barest WHEP endpoint in front of a media node: /whep/:session (POST) and /whep/:session/:viewer (PATCH, DELETE), and an empty page at /. */
export async function startWhepServer(node: MediaNode, address = '127.0.0.1'): Promise<WhepServer> {
  const server = createServer((request, response) => {
    answer(node, request).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      (error: unknown) => {
        const status = isMediaError(error) ? (statusOf[error.code] ?? 409) : 500;
        response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ detail: String(error) }));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://${address}:${port}`;
  return { pageUrl: `${origin}/`, whepUrl: (sessionId) => `${origin}/whep/${sessionId}`, close: () => closeServer(server) };
}

interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

async function answer(node: MediaNode, request: IncomingMessage): Promise<Reply> {
  const [, root, sessionId = '', viewerId = ''] = (request.url ?? '/').split('/');
  if (root !== 'whep') return { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>player</title>' };
  if (request.method === 'POST') {
    const viewer = await node.answerViewer(sessionId, await bodyOf(request));
    const headers = { 'content-type': 'application/sdp', location: `/whep/${sessionId}/${viewer.viewerId}`, etag: viewer.etag };
    return { status: 201, headers, body: viewer.answerSdp };
  }
  if (request.method === 'PATCH') {
    const result = await node.patchViewer(sessionId, viewerId, await bodyOf(request), request.headers['if-match']);
    if (result.kind === 'trickle') return { status: 204, headers: {}, body: '' };
    return { status: 200, headers: { 'content-type': 'application/trickle-ice-sdpfrag', etag: result.etag }, body: result.fragment };
  }
  const closed = await node.closeViewer(sessionId, viewerId);
  return { status: closed ? 200 : 404, headers: {}, body: '' };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
