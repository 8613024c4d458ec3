import { Global, Module } from '@nestjs/common';
import { createMediaNode, type MediaNode } from '@visavis/media';
import type { ApiConfig } from '../../config';
import { API_CONFIG, MEDIA_NODE } from '../../tokens';
import { MediaEvents } from './media-events';
import { MediaHost } from './media-host.service';
import { MediaNodes } from './media-nodes.service';

@Global()
@Module({
  providers: [
    MediaEvents,
    MediaHost,
    MediaNodes,
    {
      provide: MEDIA_NODE,
      inject: [API_CONFIG, MediaEvents],
      useFactory: (config: ApiConfig, events: MediaEvents): Promise<MediaNode> =>
        createMediaNode(
          {
            workers: config.media.workers,
            listenIp: config.media.listenAddress,
            mediaPort: config.media.port,
            iceServers: [...config.media.iceServers],
            announcedAddress: config.media.announcedAddress,
            ...(config.media.workerBinary ? { workerBin: config.media.workerBinary } : {}),
          },
          {
            onFirstFrame: (sessionId, viewerId) => events.firstFrame.next({ sessionId, viewerId }),
            onViewerCount: (sessionId, viewers) => events.viewerCount.next({ sessionId, viewers }),
            onSessionLost: (sessionId, { audioPackets }) => events.sessionLost.next({ sessionId, audioPackets }),
          },
        ),
    },
  ],
  exports: [MEDIA_NODE, MediaEvents, MediaHost, MediaNodes],
})
export class MediaModule {}
