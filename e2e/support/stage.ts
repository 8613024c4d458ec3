import type { Browser } from 'playwright-core';
import { Api } from './api.ts';
import type { CreatedSession } from './api-types.ts';
import { openChromium } from './browser.ts';
import { startPageServer, type PageServer } from './page-server.ts';
import { findProduct, type Product } from './product.ts';
import { Viewer } from './viewer.ts';

/** What a file of tests works with. Whatever it opens through here is closed by `close`, sessions included. */
export class Stage {
  readonly product: Product;
  readonly api: Api;
  readonly browser: Browser;
  readonly pages: PageServer;
  readonly #sessions: { api: Api; id: string }[] = [];

  private constructor(product: Product, browser: Browser, pages: PageServer) {
    this.product = product;
    this.api = new Api(product.url, product.apiKey);
    this.browser = browser;
    this.pages = pages;
  }

  static async open(): Promise<Stage> {
    const product = findProduct();
    return new Stage(product, await openChromium(), await startPageServer());
  }

  async session(request: Parameters<Api['createSession']>[0], api = this.api): Promise<CreatedSession> {
    const session = await api.createSession(request);
    this.#sessions.push({ api, id: session.id });
    return session;
  }

  viewer(): Promise<Viewer> {
    return Viewer.open(this.browser, this.pages);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#sessions.map(({ api, id }) => api.endSession(id)));
    await this.browser.close();
    await this.pages.close();
  }
}

/** Figures are worth more than a tick: they are printed beside the tests that look at them. */
export function report(what: string, figures: Record<string, number | string>): void {
  const shown = Object.entries(figures).map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(3)) : value}`);
  console.log(`  ${what}: ${shown.join(', ')}`);
}
