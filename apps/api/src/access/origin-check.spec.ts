import { describe, expect, it } from 'vitest';
import { isOwnPage, originAllowed } from './origin-check';

const PUBLIC_URL = 'https://api.example.com';
const request = (method: string, headers: Record<string, string>) => ({ method, url: '/', ip: '127.0.0.1', headers });

describe('whether a request with a cookie comes from our own pages', () => {
  it.each([
    ['POST', { 'sec-fetch-site': 'same-origin' }, true],
    ['POST', { 'sec-fetch-site': 'same-origin', origin: 'https://proxied.example' }, true],
    ['POST', { 'sec-fetch-site': 'same-site', origin: PUBLIC_URL }, false],
    ['POST', { 'sec-fetch-site': 'cross-site' }, false],
    ['POST', { 'sec-fetch-site': 'none' }, false],
    ['POST', { origin: PUBLIC_URL }, true],
    ['POST', { origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' }, true],
    ['POST', { origin: 'https://api.example.com.evil.example', host: 'api.example.com' }, false],
    ['POST', { origin: 'null', host: 'api.example.com' }, false],
    ['DELETE', {}, false],
    ['GET', { 'sec-fetch-site': 'cross-site' }, true],
    ['HEAD', {}, true],
    ['GET', { upgrade: 'websocket', origin: 'https://evil.example', host: 'api.example.com' }, false],
    ['GET', { upgrade: 'websocket', origin: PUBLIC_URL }, true],
    ['GET', { upgrade: 'websocket' }, false],
  ])('%s %j: %s', (method, headers, own) => {
    expect(isOwnPage(request(method, headers as Record<string, string>), PUBLIC_URL)).toBe(own);
  });
});

describe('whether a page may use keys and tokens', () => {
  it.each([
    [undefined, ['https://shop.example'], true],
    ['https://any.example', [], true],
    ['https://shop.example', ['https://shop.example'], true],
    ['https://shop.example:8443', ['https://shop.example'], false],
    ['http://shop.example', ['https://shop.example'], false],
    ['https://evil.example', ['https://shop.example'], false],
    ['null', ['https://shop.example'], false],
    [PUBLIC_URL, ['https://shop.example'], true],
  ])('%s with %j: %s', (origin, allowed, may) => {
    expect(originAllowed(origin, allowed, PUBLIC_URL)).toBe(may);
  });
});
