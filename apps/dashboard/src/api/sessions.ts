import { clientToken, createdSession, interrupted, session, spoken, type AttentionState, type Background, type CreatedSession, type Gesture, type Session, type SetExpression, type Speak } from '@visavis/contracts';
import type { z } from 'zod';
import { request } from './client.ts';

export interface NewSession {
  readonly avatar_id: string;
  readonly voice_id?: string;
  readonly video?: { codec: 'h264' | 'vp8' };
  readonly background?: Background;
}

export function createSession(body: NewSession): Promise<CreatedSession> {
  return request('POST', '/v1/sessions', { schema: createdSession, body });
}

export function getSession(id: string, signal?: AbortSignal): Promise<Session> {
  return request('GET', `/v1/sessions/${id}`, { schema: session, ...(signal === undefined ? {} : { signal }) });
}

/** Ends a session; with `keepalive` also from a page that is going away. */
export function endSession(id: string, options: { keepalive?: boolean } = {}): Promise<Session> {
  return request('DELETE', `/v1/sessions/${id}`, { schema: session, ...options });
}

export function renewClientToken(id: string): Promise<z.infer<typeof clientToken>> {
  return request('POST', `/v1/sessions/${id}/tokens`, { schema: clientToken, body: {} });
}

export function speak(id: string, body: Speak): Promise<z.infer<typeof spoken>> {
  return request('POST', `/v1/sessions/${id}/speak`, { schema: spoken, body });
}

export function interrupt(id: string): Promise<z.infer<typeof interrupted>> {
  return request('POST', `/v1/sessions/${id}/interrupt`, { schema: interrupted });
}

export function setExpression(id: string, body: SetExpression): Promise<void> {
  return request('POST', `/v1/sessions/${id}/expression`, { body });
}

export function makeGesture(id: string, gesture: Gesture): Promise<void> {
  return request('POST', `/v1/sessions/${id}/gesture`, { body: { gesture } });
}

export function setAttention(id: string, state: AttentionState): Promise<void> {
  return request('POST', `/v1/sessions/${id}/state`, { body: { state } });
}

export function keepAlive(id: string): Promise<void> {
  return request('POST', `/v1/sessions/${id}/keep-alive`);
}
