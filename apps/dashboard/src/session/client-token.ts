import { renewClientToken } from '../api/sessions.ts';

/** The token of one session. It is short-lived: when it is refused, a new one is fetched and the request made once more. */
export class ClientToken {
  readonly #sessionId: string;
  #bearer: string;
  #renewal: Promise<void> | null = null;

  constructor(sessionId: string, bearer: string) {
    this.#sessionId = sessionId;
    this.#bearer = bearer;
  }

  /** Does a request with the token, and again with a fresh one if the answer was 401. */
  async use(perform: (bearer: string) => Promise<Response>): Promise<Response> {
    const response = await perform(this.#bearer);
    if (response.status !== 401) return response;
    await this.#renew();
    return perform(this.#bearer);
  }

  #renew(): Promise<void> {
    this.#renewal ??= renewClientToken(this.#sessionId)
      .then((renewed) => {
        this.#bearer = renewed.client_token;
      })
      .finally(() => {
        this.#renewal = null;
      });
    return this.#renewal;
  }
}
