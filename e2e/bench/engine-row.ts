import { randomBytes } from 'node:crypto';
import { createOpusEncoder, createResampler, createVideoEncoder, OPUS_FRAME_SAMPLES } from '@visavis/codec';
import { allocateI420, ENGINE_SAMPLE_RATE_HZ, MEDIA_CLOCK_HZ } from '@visavis/engine';
import { createBuiltinEngine } from '@visavis/engine-builtin';
import { createRtpSender } from '@visavis/rtp';
import { testPortrait } from '../support/avatars.ts';
import { speechSample } from '../support/speech-sample.ts';
import type { Row } from './row.ts';

const SIDE = 512;
const FPS = 25;
const FRAMES = 400;
const WARM_UP = 50;
const TARGET = 0.5;
const AHEAD_MS = 2000;

/** In this process, without network or pacing: what a frame costs before and after the encoder, against the encoder. */
export const engineRow: Row = {
  ids: ['engine'],
  alone: true,
  async measure() {
    const engine = createBuiltinEngine();
    const size = { width: SIDE, height: SIDE };
    const avatar = await engine.load((await engine.prepare(testPortrait())).bundle, size);
    const stream = avatar.open({ ...size, fps: FPS, seed: 7 });
    const speech = await speechSample('Papa bought a bottle of water from my mother. Open the window, we may go home. '.repeat(5));
    const video = createVideoEncoder({ codec: 'h264', ...size, fps: FPS, maxBitrate: 2_500_000 });
    const opus = createOpusEncoder();
    const resampler = createResampler(MEDIA_CLOCK_HZ, ENGINE_SAMPLE_RATE_HZ);
    const sender = createRtpSender({
      transport: { send() {}, close() {} },
      sendKey: randomBytes(28),
      receiveKey: randomBytes(28),
      cname: 'bench',
      audio: { ssrc: 1, payloadType: 111 },
      video: { ssrc: 2, payloadType: 108, format: 'h264' },
      onKeyFrameRequest() {},
      startWallClockMs: Date.now(),
    });
    const picture = allocateI420(size);
    const heard = new Float32Array((OPUS_FRAME_SAMPLES * ENGINE_SAMPLE_RATE_HZ) / MEDIA_CLOCK_HZ);
    const spent = { hear: 0, render: 0, encode: 0, packets: 0, opus: 0 };
    const timed = <T>(of: keyof typeof spent, work: () => T): T => {
      const startedAtMs = performance.now();
      const result = work();
      spent[of] += performance.now() - startedAtMs;
      return result;
    };
    let packet = 0;
    for (let frame = 0; frame < WARM_UP + FRAMES; frame++) {
      if (frame === WARM_UP) for (const of of Object.keys(spent) as (keyof typeof spent)[]) spent[of] = 0;
      const sample = (frame * MEDIA_CLOCK_HZ) / FPS;
      // Frames come faster here than in life: sound runs ahead so far that no frame waits for the network's thread, as none does in life.
      for (; packet * OPUS_FRAME_SAMPLES < sample + ((stream.lookAheadMs + AHEAD_MS) * MEDIA_CLOCK_HZ) / 1000; packet++) {
        const at = (packet * OPUS_FRAME_SAMPLES) % (speech.samples.length - OPUS_FRAME_SAMPLES);
        const pcm = speech.samples.subarray(at, at + OPUS_FRAME_SAMPLES);
        timed('hear', () => {
          resampler.process(pcm, heard);
          stream.push(packet * OPUS_FRAME_SAMPLES, heard);
        });
        const coded = timed('opus', () => opus.encode(pcm));
        timed('packets', () => sender.sendAudio(coded, packet * OPUS_FRAME_SAMPLES));
      }
      timed('render', () => stream.frame(sample, picture));
      const coded = timed('encode', () => video.encode(picture, false));
      timed('packets', () => sender.sendVideo(coded.data, sample, coded.key));
    }
    sender.close();
    opus.close();
    video.close();
    stream.close();
    avatar.close();
    const perFrame = Object.fromEntries(Object.entries(spent).map(([of, ms]) => [`${of}_ms`, ms / FRAMES]));
    // As the budget counts it; what listening costs, the network's thread apart, stands beside it.
    const ratio = (spent.render + spent.packets) / spent.encode;
    return [
      {
        id: 'engine',
        what: 'built-in engine 512×512: render + packetise + protect, against the H.264 encoder',
        target: `< ${TARGET}`,
        measured: `${ratio.toFixed(2)} (render ${(spent.render / FRAMES).toFixed(2)}, listen ${(spent.hear / FRAMES).toFixed(2)}, packets ${(spent.packets / FRAMES).toFixed(2)}; encoder ${(spent.encode / FRAMES).toFixed(2)} ms a frame)`,
        reached: ratio < TARGET,
        details: { ratio, ...perFrame },
      },
    ];
  },
};
