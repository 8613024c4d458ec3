import { Inject, Injectable } from '@nestjs/common';
import { MAX_INLINE_AUDIO_BYTES, parseSpeechMarks, type Mood, type Speak, type SpeechSource } from '@visavis/contracts';
import { formatId, newId } from '@visavis/ids';
import { ProblemError } from '@visavis/problems';
import type { SessionChannel } from '@visavis/queue';
import { fetchUserUrl, SafeFetchError } from '@visavis/safe-fetch';
import type { Storage } from '@visavis/storage';
import type { ApiConfig } from '../../config';
import { API_CONFIG, STORAGE } from '../../tokens';
import { SESSION_CHANNEL } from '../dispatch/dispatch.tokens';
import { speechObjectKey } from './speech-object';
import { SessionsRepository } from './sessions.repository';
import { SessionsService } from './sessions.service';
import { UtterancesRepository, type UtteranceKind } from './utterances.repository';

const DEFAULT_VOICE = 'en-us-slt';
const SPEECH_URL_TTL_S = 3600;
const AUDIO_URL_TIMEOUT_MS = 10_000;

/** Makes a session's avatar say things, and stop. */
@Injectable()
export class SpeechService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly repository: SessionsRepository,
    private readonly utterances: UtterancesRepository,
    @Inject(SESSION_CHANNEL) private readonly channel: SessionChannel,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(API_CONFIG) private readonly config: ApiConfig,
  ) {}

  /** @returns the utterance's public id; it is queued behind those before it. */
  async speak(tenantId: string, sessionId: string, request: Speak): Promise<string> {
    const session = await this.sessions.requireRunning(tenantId, sessionId);
    const utteranceId = newId('utt');
    if (request.text !== undefined) {
      const voiceId = request.voice_id ?? session.voice_id ?? DEFAULT_VOICE;
      if (request.voice_id && !(await this.repository.voiceExists(tenantId, request.voice_id))) {
        throw new ProblemError('invalid_request', 'There is no such voice; GET /v1/voices lists them.', { errors: [{ path: 'voice_id', message: 'is not a voice' }] });
      }
      await this.queue(tenantId, sessionId, utteranceId, 'text', { kind: 'text', ...parseSpeechMarks(request.text), voice_id: voiceId }, moodOf(request));
      return utteranceId;
    }
    const kind: UtteranceKind = request.audio !== undefined ? 'audio' : 'audio_url';
    const bytes = request.audio !== undefined ? decodeAudio(request.audio, request.sample_rate) : await this.download(request.audio_url as string);
    // A WAV file says its own rate.
    const rawRateHz = request.sample_rate === undefined || isWav(bytes) ? null : request.sample_rate;
    const key = speechObjectKey(tenantId, sessionId, utteranceId);
    await this.storage.put(key, bytes, 'application/octet-stream');
    const url = await this.storage.presignGet(key, { expiresInS: SPEECH_URL_TTL_S });
    await this.queue(tenantId, sessionId, utteranceId, kind, { kind: 'file', url, sample_rate: rawRateHz }, moodOf(request));
    return utteranceId;
  }

  /** Begins an utterance whose samples follow by `appendStream`. */
  async startStream(tenantId: string, sessionId: string, sampleRateHz: number, wantedId?: string): Promise<string> {
    await this.sessions.requireRunning(tenantId, sessionId);
    const utteranceId = wantedId ?? newId('utt');
    await this.queue(tenantId, sessionId, utteranceId, 'stream', { kind: 'stream', sample_rate: sampleRateHz });
    return utteranceId;
  }

  async appendStream(sessionId: string, utteranceId: string, pcm: Uint8Array): Promise<void> {
    await this.channel.audio(formatId('ses', sessionId), utteranceId, pcm);
  }

  async endStream(sessionId: string, utteranceId: string): Promise<void> {
    await this.channel.command(formatId('ses', sessionId), { type: 'stream_end', utterance_id: utteranceId });
  }

  /** Stops what is playing and forgets what waits. @returns the public ids of what will not be said. */
  async interrupt(tenantId: string, sessionId: string): Promise<string[]> {
    await this.sessions.requireRunning(tenantId, sessionId);
    const open = await this.utterances.open(sessionId);
    const publicId = formatId('ses', sessionId);
    await this.channel.command(publicId, { type: 'interrupt' });
    await this.channel.touch(publicId);
    return open;
  }

  private async queue(tenantId: string, sessionId: string, utteranceId: string, kind: UtteranceKind, source: SpeechSource, mood?: Mood): Promise<void> {
    const added = await this.utterances.insert(tenantId, sessionId, utteranceId, kind);
    if (!added) throw new ProblemError('conflict', 'The session ended meanwhile, or it has an utterance of this id already.');
    const publicId = formatId('ses', sessionId);
    await this.channel.command(publicId, { type: 'speak', utterance_id: utteranceId, source, ...(mood ? { mood } : {}) });
    await this.channel.touch(publicId);
  }

  private async download(url: string): Promise<Uint8Array> {
    try {
      const { body } = await fetchUserUrl(url, { maxBytes: MAX_INLINE_AUDIO_BYTES, timeoutMs: AUDIO_URL_TIMEOUT_MS, allowHosts: this.config.safeFetchAllowHosts });
      return body;
    } catch (error) {
      if (error instanceof SafeFetchError) throw new ProblemError('invalid_request', error.message, { errors: [{ path: 'audio_url', message: error.message }], cause: error });
      throw error;
    }
  }
}

function moodOf({ expression, strength = 1 }: Speak): Mood | undefined {
  return expression === undefined ? undefined : { expression, strength };
}

function decodeAudio(base64: string, sampleRateHz: number | undefined): Uint8Array {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.byteLength > MAX_INLINE_AUDIO_BYTES) throw new ProblemError('payload_too_large', `Inline audio may have ${MAX_INLINE_AUDIO_BYTES / 1024 / 1024} MB at most; pass longer audio as audio_url.`);
  if (bytes.byteLength === 0) throw new ProblemError('invalid_request', 'The audio is empty.', { errors: [{ path: 'audio', message: 'is empty' }] });
  if (sampleRateHz !== undefined || looksLikeAudio(bytes)) return bytes;
  throw new ProblemError('invalid_request', 'This is no WAV, MP3, Ogg Opus, WebM, FLAC or MP4 file. For raw s16le samples give sample_rate too.', {
    errors: [{ path: 'audio', message: 'is not a known audio file' }],
  });
}

/** By magic bytes only: whether the worker has a chance to decode it. */
function looksLikeAudio(bytes: Buffer): boolean {
  const head = bytes.toString('latin1', 0, 12);
  const mp3Frame = bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0;
  return (
    isWav(bytes) ||
    head.startsWith('ID3') ||
    head.startsWith('OggS') ||
    head.startsWith('fLaC') ||
    head.startsWith('\x1aE\xdf\xa3') ||
    head.slice(4, 8) === 'ftyp' ||
    mp3Frame
  );
}

function isWav(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(12, bytes.byteLength)).toString('latin1');
  return head.startsWith('RIFF') && head.slice(8) === 'WAVE';
}
