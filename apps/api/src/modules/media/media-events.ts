import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';

/** What the media node sees, for the services that act on it. A subject each, so that the node needs to know none of them. */
@Injectable()
export class MediaEvents {
  /** The first key frame reached a connected viewer. */
  readonly firstFrame = new Subject<{ sessionId: string; viewerId: string }>();
  readonly viewerCount = new Subject<{ sessionId: string; viewers: number }>();
  /** The mediasoup worker under a session died; the node's last packet count comes along. */
  readonly sessionLost = new Subject<{ sessionId: string; audioPackets: number }>();
}
