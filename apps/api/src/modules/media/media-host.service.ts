import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { IngestInfo, MediaNode, OpenSessionRequest, PatchResult, ViewerAnswer } from '@visavis/media';
import { MEDIA_NODE } from '../../tokens';
import type { HostedSession } from './hosted-session';
import { MediaEvents } from './media-events';

/** This process's media node together with the sessions it owns. */
@Injectable()
export class MediaHost implements OnApplicationShutdown {
  /** New with every start: sessions of an earlier process are nobody's and get swept. */
  readonly nodeId = `${hostname()}-${randomUUID().slice(0, 8)}`;
  private readonly sessions = new Map<string, HostedSession>();

  constructor(
    @Inject(MEDIA_NODE) private readonly node: MediaNode,
    @Inject(MediaEvents) events: MediaEvents,
  ) {
    events.viewerCount.subscribe(({ sessionId, viewers }) => {
      const session = this.sessions.get(sessionId);
      if (!session) return;
      session.viewers = viewers;
      if (viewers === 0) session.viewersLeftAtMs = Date.now();
    });
  }

  get iceServers(): MediaNode['iceServers'] {
    return this.node.iceServers;
  }

  openIngest(request: OpenSessionRequest): Promise<IngestInfo> {
    return this.node.openSession(request);
  }

  replaceIngest(sessionId: string, epoch: number): Promise<IngestInfo> {
    return this.node.replaceIngest(sessionId, epoch);
  }

  adopt(session: HostedSession): void {
    this.sessions.set(session.id, session);
  }

  get(sessionId: string): HostedSession | undefined {
    return this.sessions.get(sessionId);
  }

  all(): HostedSession[] {
    return [...this.sessions.values()];
  }

  /** Forgets the session and shuts its media. Answers the audio packets that arrived, over all epochs. */
  async release(sessionId: string): Promise<number> {
    this.sessions.delete(sessionId);
    const closed = await this.node.closeSession(sessionId);
    return closed?.audioPackets ?? 0;
  }

  forget(sessionId: string): void {
    this.sessions.delete(sessionId);
  }

  answerViewer(sessionId: string, offerSdp: string): Promise<ViewerAnswer> {
    return this.node.answerViewer(sessionId, offerSdp);
  }

  patchViewer(sessionId: string, viewerId: string, fragment: string, ifMatch?: string): Promise<PatchResult> {
    return this.node.patchViewer(sessionId, viewerId, fragment, ifMatch);
  }

  closeViewer(sessionId: string, viewerId: string): Promise<boolean> {
    return this.node.closeViewer(sessionId, viewerId);
  }

  requestKeyFrame(sessionId: string): Promise<void> {
    return this.node.requestKeyFrame(sessionId);
  }

  audioPacketCount(sessionId: string): Promise<number> {
    return this.node.audioPacketCount(sessionId);
  }

  audioPacketCounts(): Promise<Record<string, number>> {
    return this.node.audioPacketCounts();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.node.close();
  }
}
