import type { VideoCodec, VideoEncoderOptions } from './video-encoder.ts';

/** What is asked of FFmpeg's encoder. Chosen by `bench/encoder-settings.ts`, whose figures stand here and in README.md. */
export interface VideoSettings {
  /** Private options of the encoder. */
  options: Record<string, string | number>;
  /** Bits per second aimed at, where the encoder wants to be told. */
  bitRate?: number;
  qMin?: number;
  qMax?: number;
}

export function videoSettings(options: VideoEncoderOptions): VideoSettings {
  return settingsOfCodec[options.codec](options);
}

const settingsOfCodec: Record<VideoCodec, (options: VideoEncoderOptions) => VideoSettings> = { h264, vp8 };

/**
 * Against "superfast" alone, the same picture for 9 to 13 % fewer bits and a quarter more time; "veryfast" takes a third more
 * time again for another 2 to 8 %. Every kbit/s is packed, protected and paid for again by each viewer.
 * A quantiser that hardly follows the motion (`qcomp`) keeps still and moving pictures, and key frames among them, equally good: with
 * x264's own 0.6 the first key frame of a still face is 3 dB worse than the pictures behind it, and later ones 2 dB better.
 * Luma alone would have chroma coarser, too (`chroma-qp-offset`, 3 %): a measure that sees no skin tones isn't followed there.
 */
const H264_PARAMS = 'scenecut=0:repeat-headers=1:aq-mode=2:qcomp=0.8:subme=2';

function h264(options: VideoEncoderOptions): VideoSettings {
  return { options: { ...h264Frame(options), preset: 'superfast', crf: 21, 'x264-params': H264_PARAMS } };
}

/** What makes a stream that every WebRTC client takes, whatever it costs: constrained baseline, no delay, key frames as asked. */
export function h264Frame(options: VideoEncoderOptions): VideoSettings['options'] {
  return { tune: 'zerolatency', profile: 'baseline', level: h264Level(options), 'forced-idr': 1 };
}

/** WebRTC's usual 3.1 covers 1280×720 at 30; larger pictures must say so or strict decoders refuse them. */
function h264Level({ width, height, fps }: VideoEncoderOptions): string {
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  if (macroblocks <= 3600 && macroblocks * fps <= 108_000) return '3.1';
  if (macroblocks <= 8192 && macroblocks * fps <= 245_760) return '4.0';
  return '5.1';
}

/**
 * libvpx gives a key frame a share of the bit rate and misses it by a third: with the quality set by `crf` alone key frames were 4 dB worse
 * than the pictures before them, a visible flash. Hence the quantiser's floor, which is what decides when little moves, and a bit rate
 * above the cap, which leaves key frames room: what moves all the time may take a quarter more than the cap.
 * "good" at 5 makes the picture of "realtime" at −4 in less time; against "realtime" at 16 it takes twice the time and two fifths
 * fewer bits. Up to 3 it codes key frames again until they fit, at three to ten times the cost.
 */
function vp8({ maxBitrate }: VideoEncoderOptions): VideoSettings {
  return {
    bitRate: Math.round(maxBitrate * 1.25),
    qMin: VP8_QUALITY,
    qMax: 48,
    options: { ...vp8Frame, deadline: 'good', 'cpu-used': 5, crf: VP8_QUALITY },
  };
}

const VP8_QUALITY = 8;

/** No delay and no hidden pictures. */
const vp8Frame: VideoSettings['options'] = { 'lag-in-frames': 0, 'auto-alt-ref': 0, 'error-resilient': 0 };
