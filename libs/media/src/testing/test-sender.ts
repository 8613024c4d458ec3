import { createOpusEncoder, createVideoEncoder, OPUS_FRAME_SAMPLES } from '@visavis/codec';
import { createRtpSender, openUdpTransport, type RtpSenderStats } from '@visavis/rtp';
import type { IngestInfo } from '../media-node.types.ts';

export interface TestSenderOptions {
  width?: number;
  height?: number;
  fps?: number;
  toneHz?: number;
  /** How much later than sound of the same moment pictures are sent. */
  videoDelayMs?: number;
}

export interface TestSender {
  readonly stats: Readonly<RtpSenderStats>;
  /** Key frames sent so far. */
  readonly keyFrames: number;
  /** Falls silent at once, as a killed worker does. */
  stop(): void;
}

const samplesPerMs = 48;

/** Sends a moving picture and a tone into an ingest in real time, until stopped: what a render worker does, without a face. */
export async function startTestSender(ingest: IngestInfo, options: TestSenderOptions = {}): Promise<TestSender> {
  const { width = 320, height = 240, fps = 25, toneHz = 440, videoDelayMs = 0 } = options;
  const video = createVideoEncoder({ codec: ingest.video.codec, width, height, fps, maxBitrate: 800_000 });
  const opus = createOpusEncoder();
  let keyFrameDue = false;
  let keyFrames = 0;
  const receiver: { receive?: (packet: Buffer) => void } = {};
  const transport = await openUdpTransport({
    remote: { address: ingest.address, port: ingest.port },
    onMessage: (packet) => receiver.receive?.(packet),
    onError: () => undefined,
  });
  const rtp = createRtpSender({
    transport,
    sendKey: Buffer.from(ingest.sendKey, 'base64'),
    receiveKey: Buffer.from(ingest.receiveKey, 'base64'),
    cname: ingest.cname,
    audio: ingest.audio,
    video: { ...ingest.video, format: ingest.video.codec },
    onKeyFrameRequest: () => {
      keyFrameDue = true;
    },
    startWallClockMs: Date.now(),
  });
  receiver.receive = (packet) => rtp.receive(packet);

  const picture = { width, height, data: new Uint8Array((width * height * 3) / 2).fill(128) };
  const pcm = new Float32Array(OPUS_FRAME_SAMPLES);
  const frameSamples = 48_000 / fps;
  const startedAt = performance.now();
  let audioSample = 0;
  let videoSample = 0;
  let reportSample = 0;

  const tick = (): void => {
    const now = (performance.now() - startedAt) * samplesPerMs;
    for (; audioSample <= now; audioSample += OPUS_FRAME_SAMPLES) {
      for (let i = 0; i < pcm.length; i += 1) pcm[i] = 0.3 * Math.sin((2 * Math.PI * toneHz * (audioSample + i)) / 48_000);
      rtp.sendAudio(opus.encode(pcm), audioSample);
    }
    for (; videoSample <= now - videoDelayMs * samplesPerMs; videoSample += frameSamples) {
      drawBar(picture.data, width, height, Math.round(videoSample / frameSamples));
      const coded = video.encode(picture, keyFrameDue);
      if (coded.key) {
        keyFrames += 1;
        keyFrameDue = false;
      }
      rtp.sendVideo(coded.data, videoSample, coded.key);
    }
    if (reportSample <= now) {
      rtp.sendReports(audioSample);
      reportSample += 48_000;
    }
  };
  tick();
  const timer = setInterval(tick, 10);
  return {
    stats: rtp.stats,
    get keyFrames() {
      return keyFrames;
    },
    stop() {
      clearInterval(timer);
      rtp.close();
      video.close();
      opus.close();
    },
  };
}

/** A bright bar that moves one step a frame over a dark ground. */
function drawBar(i420: Uint8Array, width: number, height: number, frame: number): void {
  const luma = i420.subarray(0, width * height).fill(40);
  const barWidth = Math.floor(width / 8);
  const left = (frame * 4) % (width - barWidth);
  for (let row = 0; row < height; row += 1) luma.fill(220, row * width + left, row * width + left + barWidth);
}
