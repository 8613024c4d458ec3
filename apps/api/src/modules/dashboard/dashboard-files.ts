import fastifyStatic from '@fastify/static';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ApiConfig } from '../../config';
import { API_CONFIG } from '../../tokens';

const YEAR_S = 365 * 24 * 3600;
/** What the dashboard's pages may do: load their own files, show avatars, and talk to this API, under whichever of its names they were opened. */
function contentSecurityPolicy(publicUrl: string): string {
  const { origin, host } = new URL(publicUrl);
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: blob: ${origin}`,
    `media-src 'self' blob: ${origin}`,
    `connect-src 'self' ${origin} ws://${host} wss://${host}`,
    "font-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

// The API's own addresses are never answered with a page.
const NOT_PAGES = /^\/(v1|auth|internal|healthz|readyz|metrics|openapi\.json|docs)(\/|$)/;

/** The built dashboard: its files by name, and its one page for every other address that a browser opens. Without DASHBOARD_DIR there is none. */
@Injectable()
export class DashboardFiles {
  readonly #root: string | undefined;
  readonly #policy: string;

  constructor(@Inject(API_CONFIG) config: ApiConfig) {
    this.#policy = contentSecurityPolicy(config.http.publicUrl);
    this.#root = config.http.dashboardDir === undefined ? undefined : resolve(config.http.dashboardDir);
  }

  async install(fastify: FastifyInstance): Promise<void> {
    const root = this.#root;
    if (root === undefined || !existsSync(root)) return;
    const assets = join(root, 'assets');
    await fastify.register(fastifyStatic, {
      root,
      serve: false,
      // Names of built files hold their hash.
      cacheControl: false,
      setHeaders: (reply, path) => {
        void reply.header('cache-control', path.startsWith(assets) ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
      },
    });
  }

  /** Answers a request that no route took, if it is one for the dashboard. */
  serve(request: FastifyRequest, reply: FastifyReply): boolean {
    const root = this.#root;
    if (root === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    const path = decode(request.url.split('?', 1)[0] ?? '/');
    if (path === null || NOT_PAGES.test(path) || path.includes('\0')) return false;
    if (/\.\w+$/.test(path)) {
      const file = resolve(join(root, path));
      if (!file.startsWith(`${root}/`) || !existsSync(file)) return false;
      void reply.code(200).header('content-security-policy', this.#policy).sendFile(path.slice(1));
      return true;
    }
    if (request.headers.accept?.includes('text/html') !== true || !existsSync(join(root, 'index.html'))) return false;
    void reply.code(200).header('content-security-policy', this.#policy).sendFile('index.html');
    return true;
  }
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
