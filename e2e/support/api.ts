import type { Avatar, CreatedSession, CreateSession, Credits, Problem, Session, Speak, TokenScope } from './api-types.ts';

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

type SessionRequest = Pick<CreateSession, 'avatar_id'> & Partial<Omit<CreateSession, 'video'>> & { video?: Partial<CreateSession['video']> };

/** The public API as a customer's backend or page calls it: with a key or a client token. Methods without `try` throw on anything but success. */
export class Api {
  readonly url: string;
  readonly #credentials: string;

  constructor(url: string, credentials: string) {
    this.url = url;
    this.#credentials = credentials;
  }

  /** The same API with another key or token. */
  as(credentials: string): Api {
    return new Api(this.url, credentials);
  }

  async try<T = Problem>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const raw = body instanceof FormData || typeof body === 'string';
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: { authorization: `Bearer ${this.#credentials}`, ...(raw || body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : raw ? (body as FormData | string) : JSON.stringify(body),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as T };
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.try<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  createSession(request: SessionRequest): Promise<CreatedSession> {
    return this.call('POST', '/v1/sessions', request);
  }

  session(id: string): Promise<Session> {
    return this.call('GET', `/v1/sessions/${id}`);
  }

  endSession(id: string): Promise<Session> {
    return this.call('DELETE', `/v1/sessions/${id}`);
  }

  async speak(id: string, what: Speak): Promise<string> {
    return (await this.call<{ utterance_id: string }>('POST', `/v1/sessions/${id}/speak`, what)).utterance_id;
  }

  async interrupt(id: string): Promise<string[]> {
    return (await this.call<{ interrupted: string[] }>('POST', `/v1/sessions/${id}/interrupt`)).interrupted;
  }

  async token(id: string, scopes: TokenScope[], expiresInS = 600): Promise<string> {
    return (await this.call<{ client_token: string }>('POST', `/v1/sessions/${id}/tokens`, { scopes, expires_in_s: expiresInS })).client_token;
  }

  tryUpload(picture: Uint8Array, filename: string, name?: string): Promise<Answer<Avatar & { code?: string; detail?: string }>> {
    const form = new FormData();
    if (name !== undefined) form.set('name', name);
    form.set('image', new Blob([Uint8Array.from(picture)]), filename);
    return this.try('POST', '/v1/avatars', form);
  }

  avatar(id: string): Promise<Avatar> {
    return this.call('GET', `/v1/avatars/${id}`);
  }

  credits(): Promise<Credits> {
    return this.call('GET', '/v1/credits');
  }
}
