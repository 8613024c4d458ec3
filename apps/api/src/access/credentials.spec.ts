import { describe, expect, it } from 'vitest';
import { writeSessionCookie } from './cookie';
import { findCredentials } from './credentials';

const TOKEN = 'a'.repeat(43);
const find = (headers: Record<string, string>, url = '/v1/sessions/ses_1/events', method = 'GET') => findCredentials({ method, url, ip: '127.0.0.1', headers });

describe('the credentials of a request', () => {
  it.each([
    ['an API key in the header', { authorization: 'Bearer vv_live_abc' }, { scheme: 'api-key', secret: 'vv_live_abc' }],
    ['a client token in the header', { authorization: 'bearer eyJ.x.y' }, { scheme: 'client-token', secret: 'eyJ.x.y' }],
    ['a token as a subprotocol', { 'sec-websocket-protocol': 'visavis, visavis.token.eyJ.x.y' }, { scheme: 'client-token', secret: 'eyJ.x.y' }],
    ['the cookie', { cookie: `theme=dark; visavis_session=${TOKEN}` }, { scheme: 'dashboard-cookie', secret: TOKEN }],
  ])('are %s', (_name, headers, credentials) => {
    expect(find(headers as Record<string, string>)).toEqual(credentials);
  });

  it('are a token in the address of a GET, and of nothing else', () => {
    expect(find({}, '/x?a=1&token=eyJ.x.y')).toEqual({ scheme: 'client-token', secret: 'eyJ.x.y' });
    expect(find({}, '/x?token=eyJ.x.y', 'POST')).toBeNull();
  });

  it('in the address are never an API key', () => {
    expect(find({}, '/x?token=vv_live_abc')).toMatchObject({ scheme: 'client-token' });
  });

  it('in the header come before all others', () => {
    expect(find({ authorization: 'Bearer vv_live_abc', cookie: `visavis_session=${TOKEN}` }, '/x?token=eyJ')).toMatchObject({ scheme: 'api-key' });
  });

  it.each([{}, { authorization: 'Basic dXNlcjpwYXNz' }, { authorization: 'Bearer' }, { cookie: 'visavis_session=' }, { cookie: 'visavis_session=short' }, { cookie: `xvisavis_session=${TOKEN}` }])(
    'are none in %j',
    (headers) => {
      expect(find(headers as Record<string, string>)).toBeNull();
    },
  );
});

describe('the cookie', () => {
  it('is out of reach of scripts and of other sites', () => {
    expect(writeSessionCookie('t', 60, true)).toBe('visavis_session=t; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure');
  });
});
