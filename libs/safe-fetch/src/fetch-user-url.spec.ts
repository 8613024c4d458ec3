import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchUserUrl, type Resolve, type SafeFetchOptions } from './index.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<{ host: string; url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    listener(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}/a.wav`, requests };
}

function fetchWith(url: string, options: Partial<SafeFetchOptions> = {}) {
  return fetchUserUrl(url, { maxBytes: 1024 * 1024, timeoutMs: 5000, ...options });
}

describe('fetching an address that a customer supplied', () => {
  it('brings the file of an allowed host', async () => {
    const { url, host } = await serve((_request, response) => response.setHeader('content-type', 'audio/wav').end('RIFF'));
    const file = await fetchWith(url, { allowHosts: [host] });
    expect(Buffer.from(file.body).toString()).toBe('RIFF');
    expect(file.contentType).toBe('audio/wav');
  });

  it.each(['http://127.0.0.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://[::ffff:127.0.0.1]/', 'http://169.254.169.254/latest/meta-data/', 'http://0/'])(
    '%s is refused as private',
    async (url) => {
      await expect(fetchWith(url)).rejects.toMatchObject({ name: 'SafeFetchError', code: 'blocked_address' });
    },
  );

  it.each(['file:///etc/passwd', 'ftp://example.com/', 'gopher://example.com/', 'http://user:password@example.com/', 'nonsense'])('%s is refused as an address', async (url) => {
    await expect(fetchWith(url)).rejects.toMatchObject({ code: 'invalid_url' });
  });

  it('refuses a name with one private address among public ones', async () => {
    const resolve: Resolve = () => Promise.resolve([{ address: '8.8.8.8', family: 4 }, { address: '10.0.0.1', family: 4 }]);
    await expect(fetchWith('http://mixed.example/', { resolve })).rejects.toMatchObject({ code: 'blocked_address' });
  });

  it('connects to the address that was judged, whatever the name says later', async () => {
    const { requests, host } = await serve((_request, response) => response.end('private'));
    let asked = 0;
    const resolve: Resolve = () => {
      asked += 1;
      // Public when judged, ours when asked again: what a rebinding attacker's name server does.
      return Promise.resolve([{ address: asked === 1 ? '198.51.99.1' : '127.0.0.1', family: 4 }]);
    };
    const port = host.split(':')[1];
    await expect(fetchWith(`http://rebind.example:${port}/`, { resolve, timeoutMs: 400 })).rejects.toMatchObject({ name: 'SafeFetchError' });
    expect(asked).toBe(1);
    expect(requests).toEqual([]);
  });

  it('judges the target of a redirect like the first address', async () => {
    const inner = await serve((_request, response) => response.end('private'));
    const outer = await serve((_request, response) => response.writeHead(302, { location: inner.url }).end());
    await expect(fetchWith(outer.url, { allowHosts: [outer.host] })).rejects.toMatchObject({ code: 'blocked_address' });
    expect(inner.requests).toEqual([]);
  });

  it('follows a redirect between allowed hosts', async () => {
    const { url, host } = await serve((request, response) => (request.url === '/a.wav' ? response.writeHead(307, { location: '/b.wav' }).end() : response.end('ok')));
    expect(Buffer.from((await fetchWith(url, { allowHosts: [host] })).body).toString()).toBe('ok');
  });

  it('gives up on a circle of redirects', async () => {
    const { url, host, requests } = await serve((_request, response) => response.writeHead(302, { location: '/a.wav' }).end());
    await expect(fetchWith(url, { allowHosts: [host] })).rejects.toMatchObject({ code: 'too_many_redirects' });
    expect(requests).toHaveLength(4);
  });

  it('stops at the size limit, announced or not', async () => {
    const announced = await serve((_request, response) => response.setHeader('content-length', '2000000').end(Buffer.alloc(2_000_000)));
    await expect(fetchWith(announced.url, { allowHosts: [announced.host] })).rejects.toMatchObject({ code: 'too_large' });
    const streamed = await serve((_request, response) => {
      response.write(Buffer.alloc(1_500_000));
      response.end();
    });
    await expect(fetchWith(streamed.url, { allowHosts: [streamed.host] })).rejects.toMatchObject({ code: 'too_large' });
  });

  it('stops waiting for a host that says nothing', async () => {
    const { url, host } = await serve(() => undefined);
    await expect(fetchWith(url, { allowHosts: [host], timeoutMs: 100 })).rejects.toMatchObject({ code: 'timeout' });
  });

  it('tells of another status', async () => {
    const { url, host } = await serve((_request, response) => response.writeHead(403).end());
    await expect(fetchWith(url, { allowHosts: [host] })).rejects.toMatchObject({ code: 'bad_status', message: 'The address answered with status 403.' });
  });
});
