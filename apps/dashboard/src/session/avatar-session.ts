import { eventData, parseSpeechMarks, type AttentionState, type Background, type CreatedSession, type Gesture, type SessionEvent, type SetExpression, type Speak } from '@visavis/contracts';
import { createSession, endSession, getSession, interrupt, keepAlive, makeGesture, setAttention, setExpression, speak } from '../api/sessions.ts';
import { ClientToken } from './client-token.ts';
import { chooseCodec, supportedVideoTypes } from './codec.ts';
import { followEvents } from './event-stream.ts';
import { NETWORK_FAILURE, NO_PICTURE_FAILURE, toFailure, toSentence, type Failure } from './failure.ts';
import { SessionMedia } from './session-media.ts';
import { canSpeak, isActive } from './session-state.ts';
import { SessionStore } from './session-store.ts';

const FIRST_PICTURE_TIMEOUT_MS = 20_000;
const BILLING_POLL_MS = 15_000;

/** Runs one session after another for the page: start, media, events, speech, end. Its state is in `store`. */
export class AvatarSession {
  readonly store = new SessionStore();
  #media: SessionMedia | null = null;
  #abort = new AbortController();
  #timers: Array<ReturnType<typeof setTimeout>> = [];
  // Start counts runs: an answer that belongs to a run which was cancelled is recognised by its number.
  #run = 0;
  #utterances = 0;

  async start(input: { avatarId: string; voiceId: string | null; background: Background }): Promise<void> {
    if (isActive(this.store.state.phase)) return;
    const run = ++this.#run;
    this.#abort = new AbortController();
    this.store.dispatch({ type: 'start', atMs: Date.now() });
    try {
      const codec = chooseCodec(supportedVideoTypes());
      const created = await createSession({
        avatar_id: input.avatarId,
        ...(input.voiceId === null ? {} : { voice_id: input.voiceId }),
        ...(codec === 'h264' ? {} : { video: { codec } }),
        ...(input.background.type === 'keep' ? {} : { background: input.background }),
      });
      if (run !== this.#run) {
        await endSession(created.id);
        return;
      }
      await this.#connect(created);
    } catch (error) {
      if (run === this.#run) this.#fail(toFailure(error));
    }
  }

  /** The video element shows its first picture: from here on the session is live. */
  pictureShown(): void {
    this.store.dispatch({ type: 'first_picture', atMs: Date.now() });
  }

  /** @param text whose marks are right */
  sayText(text: string, voiceId: string | null): Promise<void> {
    return this.#say({ kind: 'text', label: parseSpeechMarks(text).text.replaceAll(/[^\S\n]+/g, ' ').trim() }, { text, ...(voiceId === null ? {} : { voice_id: voiceId }) });
  }

  /** @param base64 a whole sound file */
  sayAudio(base64: string, label: string): Promise<void> {
    return this.#say({ kind: 'audio', label }, { audio: base64 });
  }

  /** Stops what is being said and drops what waits. Throws what the request throws. */
  async interrupt(): Promise<void> {
    const id = this.#sessionId();
    if (id === null) return;
    const { dispatch } = this.#bound();
    const answer = await interrupt(id);
    dispatch({ type: 'interrupted', utteranceIds: answer.interrupted });
  }

  /** From now on. Throws what the request throws. */
  async express(expression: SetExpression): Promise<void> {
    const id = this.#sessionId();
    if (id !== null) await setExpression(id, expression);
  }

  async gesture(gesture: Gesture): Promise<void> {
    const id = this.#sessionId();
    if (id !== null) await makeGesture(id, gesture);
  }

  async attend(state: AttentionState): Promise<void> {
    const id = this.#sessionId();
    if (id !== null) await setAttention(id, state);
  }

  async keepAlive(): Promise<void> {
    const id = this.#sessionId();
    if (id !== null) await keepAlive(id).catch(() => {});
  }

  async end(): Promise<void> {
    const id = this.#sessionId();
    this.#run++;
    if (id === null) {
      this.#release();
      this.store.dispatch({ type: 'reset' });
      return;
    }
    this.store.dispatch({ type: 'ending' });
    const final = await endSession(id).catch(() => null);
    this.#release();
    this.store.dispatch({ type: 'ended', session: final, atMs: Date.now() });
  }

  /** The page is going away: end the session without waiting for an answer. */
  abandon(): void {
    const id = this.#sessionId();
    if (!isActive(this.store.state.phase)) return;
    this.#run++;
    this.#release();
    if (id !== null) endSession(id, { keepalive: true }).catch(() => {});
    this.store.dispatch({ type: 'reset' });
  }

  reset(): void {
    if (!isActive(this.store.state.phase)) this.store.dispatch({ type: 'reset' });
  }

  async #connect(created: CreatedSession): Promise<void> {
    const { dispatch } = this.#bound();
    dispatch({
      type: 'created',
      session: { id: created.id, creditsPerMinute: created.credits_per_minute, idleTimeoutS: created.idle_timeout_s, whepUrl: created.whep_url, transparent: created.background.type === 'transparent' },
    });
    const token = new ClientToken(created.id, created.client_token);
    void followEvents({ sessionId: created.id, token, signal: this.#abort.signal, onEvent: (event) => this.#onEvent(event) });
    // By its path: the page may be open under another name of this machine than the one the API calls itself.
    const target = { sessionId: created.id, url: new URL(created.whep_url).pathname, iceServers: created.ice_servers, token };
    this.#media = new SessionMedia(target, {
      onStream: (stream) => dispatch({ type: 'stream', stream }),
      onStats: (stats) => dispatch({ type: 'stats', stats }),
      onStopped: (cause) => dispatch({ type: 'media_stopped', cause, atMs: Date.now() }),
      onResumed: () => dispatch({ type: 'media_resumed', atMs: Date.now() }),
      onEnded: (session) => {
        this.#run++;
        this.#release();
        this.store.dispatch({ type: 'ended', session, atMs: Date.now() });
      },
      onGivenUp: () => this.#fail(NETWORK_FAILURE),
    });
    this.#timers.push(
      setTimeout(() => {
        if (this.store.state.phase === 'starting') this.#fail(NO_PICTURE_FAILURE);
      }, FIRST_PICTURE_TIMEOUT_MS),
      setInterval(() => void this.#pollBilling(created.id), BILLING_POLL_MS),
    );
    await this.#media.open();
  }

  async #say(line: { kind: 'text' | 'audio'; label: string }, body: Speak): Promise<void> {
    const id = this.#sessionId();
    if (id === null || !canSpeak(this.store.state.phase)) return;
    const { dispatch } = this.#bound();
    const key = `${id}-${++this.#utterances}`;
    dispatch({ type: 'say', key, ...line });
    try {
      const { utterance_id } = await speak(id, body);
      dispatch({ type: 'said', key, utteranceId: utterance_id });
    } catch (error) {
      dispatch({ type: 'refused', key, problem: toSentence(error) });
    }
  }

  #onEvent(event: SessionEvent): void {
    this.store.dispatch({ type: 'event', event, atMs: Date.now() });
    if (event.type !== 'session.ended' || this.store.state.phase === 'ending') return;
    const data = eventData['session.ended'].safeParse(event.data);
    this.#run++;
    this.#release();
    this.store.dispatch({ type: 'ended', session: data.success ? data.data : null, atMs: Date.now() });
  }

  async #pollBilling(id: string): Promise<void> {
    const session = await getSession(id, this.#abort.signal).catch(() => null);
    if (session === null) return;
    this.store.dispatch({ type: 'billed', billedMs: session.billed_seconds * 1000, atMs: Date.now() });
  }

  #fail(failure: Failure): void {
    const id = this.#sessionId();
    this.#run++;
    this.#release();
    this.store.dispatch({ type: 'failed', failure });
    // What the page gave up must not go on costing credits.
    if (id !== null) endSession(id).catch(() => {});
  }

  #release(): void {
    this.#abort.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    this.#media?.close();
    this.#media = null;
  }

  #sessionId(): string | null {
    return isActive(this.store.state.phase) ? (this.store.state.session?.id ?? null) : null;
  }

  /** A dispatch that falls silent once this run is over: a late answer must not touch the next session. */
  #bound(): { dispatch: SessionStore['dispatch'] } {
    const run = this.#run;
    return {
      dispatch: (action) => {
        if (run === this.#run) this.store.dispatch(action);
      },
    };
  }
}
