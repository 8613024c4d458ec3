import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The running product that the tests and the bench talk to; `npm test` and `npm run bench` start it and say where it is. */
export interface Product {
  url: string;
  apiKey: string;
  email: string;
  password: string;
  home: string;
}

/** @throws Error that says how to get one */
export function findProduct(): Product {
  const home = process.env['VISAVIS_HOME'];
  const path = process.env['VISAVIS_DEV_JSON'] ?? (home ? join(home, 'dev.json') : undefined);
  if (!path || !home) throw new Error('There is no product to test: run `npm test -- e2e`, or set VISAVIS_HOME to the home of one that runs (`npm start`).');
  const dev = JSON.parse(readFileSync(path, 'utf8')) as { url: string; api_key: string; email: string; password: string };
  return { url: dev.url, apiKey: dev.api_key, email: dev.email, password: dev.password, home };
}
