/** Everything a media node takes and gives is plain JSON, so that it can stand behind a remote call one day. */

export type VideoCodec = 'h264' | 'vp8';

export interface IceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

export interface MediaNodeConfig {
  /** Path of the mediasoup worker binary; left out, mediasoup looks for the one in its own package. */
  workerBin?: string;
  /** mediasoup workers, one per core that media may use. */
  workers: number;
  /** Address that viewers' media binds to: 127.0.0.1, one interface, or 0.0.0.0 together with `announcedAddress`. */
  listenIp: string;
  /** Address or host name in the ICE candidates, if it isn't `listenIp`. With a wildcard and nothing here, the first external IPv4 of the machine. */
  announcedAddress?: string;
  /** First UDP and TCP port; worker i has `mediaPort + i`. 0 takes free ones. */
  mediaPort: number;
  /** Handed on to viewers by the API; the node itself is ICE-lite and needs none. */
  iceServers?: IceServer[];
  /** Where the render workers send to. Left out: `listenIp`, announced as viewers see it. */
  ingest?: { listenIp: string; announcedAddress?: string; portRange?: { min: number; max: number } };
  /** A viewer that has not connected (or reconnected) after this long is dropped. Default 30,000. */
  viewerConnectTimeoutMs?: number;
  /** Default 100. */
  maxViewersPerSession?: number;
  /** Shortest time between two key frames that viewers can cause in one session. Default 500. */
  keyFrameIntervalMs?: number;
}

/** All optional; called outside any lock, and what they throw is swallowed. */
export interface MediaNodeEvents {
  /** The mediasoup worker under the session died. The node has forgotten the session; its last audio packet count comes along for settling. */
  onSessionLost?(sessionId: string, last: { epoch: number; audioPackets: number }): void;
  /** The first key frame went out to this viewer over a connected transport. Once per viewer. */
  onFirstFrame?(sessionId: string, viewerId: string): void;
  /** Connected viewers, after each change. */
  onViewerCount?(sessionId: string, viewers: number): void;
  /** Once per viewer that is gone, for whatever reason. */
  onViewerClosed?(sessionId: string, viewerId: string, reason: ViewerCloseReason): void;
  onWorkerDied?(worker: { index: number; error: string }): void;
}

export type ViewerCloseReason = 'closed' | 'session_closed' | 'session_lost' | 'connect_timeout' | 'disconnected' | 'failed';

export interface OpenSessionRequest {
  sessionId: string;
  epoch: number;
  video: { codec: VideoCodec };
}

export interface IngestStreamInfo {
  ssrc: number;
  payloadType: number;
  clockRateHz: number;
}

/** All that a sender needs. RTP and RTCP share the port; the first protected packet that verifies fixes the sender's address. */
export interface IngestInfo {
  sessionId: string;
  epoch: number;
  address: string;
  port: number;
  srtpSuite: 'AEAD_AES_128_GCM';
  /** Base64 of the 16-byte key and 12-byte salt the sender protects with. */
  sendKey: string;
  /** The same for what the media node sends back (RTCP: NACK, PLI, receiver reports). */
  receiveKey: string;
  cname: string;
  audio: IngestStreamInfo & { codec: 'opus' };
  video: IngestStreamInfo & { codec: VideoCodec };
}

export interface ViewerAnswer {
  viewerId: string;
  answerSdp: string;
  iceUfrag: string;
  /** Entity tag of this ICE session, quotes included: ready for the ETag header. */
  etag: string;
  accepted: { audio: boolean; video: boolean };
}

export type PatchResult =
  /** Candidates read and not needed: the node is ICE-lite. 204. */
  | { kind: 'trickle' }
  /** 200 with the fragment as `application/trickle-ice-sdpfrag` and the new tag. */
  | { kind: 'restart'; fragment: string; etag: string };

export interface WorkerLoad {
  index: number;
  pid: number;
  port: number;
  sessions: number;
  viewers: number;
  /** Of one core, since the reading before; 0 on the first. */
  cpuPercent: number;
  memoryBytes: number;
}

export interface MediaLoad {
  sessions: number;
  viewers: number;
  workers: WorkerLoad[];
}

export interface MediaNode {
  readonly iceServers: readonly IceServer[];
  openSession(request: OpenSessionRequest): Promise<IngestInfo>;
  /** A new way in for the next epoch; every viewer is moved over, then the old way in is shut. */
  replaceIngest(sessionId: string, epoch: number): Promise<IngestInfo>;
  answerViewer(sessionId: string, offerSdp: string): Promise<ViewerAnswer>;
  /** `ifMatch` is the header's value, or left out if the player sent none. */
  patchViewer(sessionId: string, viewerId: string, sdpFragment: string, ifMatch?: string): Promise<PatchResult>;
  /** Whether there was such a viewer. */
  closeViewer(sessionId: string, viewerId: string): Promise<boolean>;
  /** The session's final count, or null if it was not open here. */
  closeSession(sessionId: string): Promise<{ audioPackets: number } | null>;
  requestKeyFrame(sessionId: string): Promise<void>;
  /** Audio packets that arrived over all epochs; never falls. */
  audioPacketCount(sessionId: string): Promise<number>;
  /** The same for every open session, by session id. */
  audioPacketCounts(): Promise<Record<string, number>>;
  /** Whether audio packets of the current epoch arrived within the last 2.5 s. */
  ingestAlive(sessionId: string): Promise<boolean>;
  viewerCount(sessionId: string): number;
  load(): Promise<MediaLoad>;
  close(): Promise<void>;
}
