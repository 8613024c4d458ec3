import { Injectable } from '@nestjs/common';

/** The routes of this process, so that a known address called with the wrong method is a 405 that names the right ones. */
@Injectable()
export class RouteTable {
  readonly #routes: { readonly pattern: RegExp; readonly method: string }[] = [];

  add(method: string | string[], url: string): void {
    // Catch-all routes (the dashboard's pages, preflights) say nothing about an address.
    if (url.includes('*')) return;
    const pattern = new RegExp(`^${url.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z_]+/g, '[^/]+')}$`);
    for (const one of [method].flat()) this.#routes.push({ pattern, method: one });
  }

  methodsAt(path: string): string[] {
    return [...new Set(this.#routes.filter((route) => route.pattern.test(path)).map((route) => route.method))].sort();
  }
}
