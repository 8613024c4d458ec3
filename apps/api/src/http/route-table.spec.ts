import { describe, expect, it } from 'vitest';
import { RouteTable } from './route-table';

describe('the table of routes', () => {
  const table = new RouteTable();
  table.add(['GET', 'HEAD'], '/v1/sessions/:id');
  table.add('DELETE', '/v1/sessions/:id');
  table.add('POST', '/v1/sessions/:id/whep');
  table.add('GET', '/openapi.json');
  table.add('GET', '/*');

  it.each([
    ['/v1/sessions/ses_1', ['DELETE', 'GET', 'HEAD']],
    ['/v1/sessions/ses_1/whep', ['POST']],
    ['/openapi.json', ['GET']],
    ['/openapi-json', []],
    ['/v1/sessions/', []],
    ['/v1/sessions/a/b/c', []],
  ])('%s takes %j', (path, methods) => {
    expect(table.methodsAt(path)).toEqual(methods);
  });
});
